import { describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';

import type { ManualClock } from '../testing/index.ts';
import { HOUR_MS, SECOND_MS } from '../time/index.ts';
import type { CachesUnderTest } from './cache-properties.ts';
import { aGate, eventually } from './eventually.ts';

const rule = { freshMs: HOUR_MS, staleMs: 24 * HOUR_MS };
const decode = (raw: unknown) => z.number().nullable().parse(raw);

let reads = 0;

/** A number whose load and renewals count up; a renewal waits for its gate, if it has one. */
function aRead({ givesStale = true } = {}) {
  let version = 0;
  const count = (_signal: AbortSignal): Promise<number | null> => Promise.resolve(++version);
  const load = jest.fn(count);
  const renew = jest.fn(count);
  return { load, renew, read: { key: `renewed:${++reads}`, rule, decode, load, renewal: { load: renew, givesStale } } };
}

/** The sentences about answers that are renewed beside their readers. */
export function itRenewsBesideReaders(cachesOf: () => CachesUnderTest, clock: ManualClock): void {
  describe('when an answer nears its end', () => {
    const both = () => [cachesOf().first, cachesOf().last];

    it('gives the present one and renews it once for all, so that nobody ever waits or sees an old one', async () => {
      const { read, load, renew } = aRead();
      for (const cache of both()) await cache.getOrLoad(read);
      clock.advance(0.8 * rule.freshMs - 1);
      for (const cache of both()) await cache.getOrLoad(read);
      expect(renew).not.toHaveBeenCalled();
      clock.advance(1);
      const crowd = await Promise.all(
        [...Array(50).keys()].flatMap(() => both().map((cache) => cache.getOrLoad(read))),
      );
      for (const answer of crowd) expect(answer).toMatchObject({ value: 1, isStale: false });
      await eventually(async () => {
        clock.advance(SECOND_MS);
        for (const cache of both()) expect((await cache.getOrLoad(read)).value).toBe(2);
      });
      clock.advance(0.5 * rule.freshMs);
      for (const cache of both()) expect(await cache.getOrLoad(read)).toMatchObject({ value: 2, isStale: false });
      expect([load.mock.calls.length, renew.mock.calls.length]).toEqual([1, 1]);
    });

    it('gives a stale one at once, marked, while it is being renewed', async () => {
      const { read, load, renew } = aRead();
      const { fetchedAt } = await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      const gate = aGate();
      renew.mockImplementationOnce(() => gate.opened.then(() => 2));
      expect(await cachesOf().last.getOrLoad(read)).toMatchObject({ value: 1, fetchedAt, isStale: true });
      expect(await cachesOf().last.getOrLoad(read)).toMatchObject({ value: 1, isStale: true });
      gate.open();
      await eventually(async () => {
        expect(await cachesOf().last.getOrLoad(read)).toMatchObject({ value: 2, isStale: false });
      });
      expect([load.mock.calls.length, renew.mock.calls.length]).toEqual([1, 1]);
    });

    it('lets the reader of a stale one wait, where stale ones are not given', async () => {
      const { read, renew } = aRead({ givesStale: false });
      await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      expect(await cachesOf().last.getOrLoad(read)).toMatchObject({ value: 2, isStale: false });
      expect(renew).not.toHaveBeenCalled();
    });

    it('gives the stale one on while renewals fail, and tries again only after a rest', async () => {
      const { read, renew } = aRead();
      await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      renew.mockRejectedValue(new Error('no call left in the quota'));
      const look = () => cachesOf().last.getOrLoad(read);
      expect(await look()).toMatchObject({ value: 1, isStale: true });
      await eventually(() => {
        expect(renew).toHaveBeenCalledTimes(1);
      });
      clock.advance(SECOND_MS);
      expect(await look()).toMatchObject({ value: 1, isStale: true });
      expect(renew).toHaveBeenCalledTimes(1);
      renew.mockResolvedValue(2);
      clock.advance(SECOND_MS);
      await eventually(async () => {
        expect(await look()).toMatchObject({ value: 2, isStale: false });
      });
    });

    it('does not rest longer because the clock was set back', async () => {
      const { read, renew } = aRead();
      await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      renew.mockRejectedValue(new Error('no call left in the quota'));
      const look = () => cachesOf().last.getOrLoad(read);
      await look();
      await eventually(() => {
        expect(renew).toHaveBeenCalledTimes(1);
      });
      clock.advance(-0.1 * rule.freshMs);
      await eventually(async () => {
        await look();
        expect(renew).toHaveBeenCalledTimes(2);
      });
    });

    it('renews few at once, since renewals queue where readers do', async () => {
      const gate = aGate();
      const many = [...Array(10).keys()].map(() => aRead());
      for (const { read } of many) await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      for (const { renew } of many) renew.mockImplementation(() => gate.opened.then(() => 2));
      const begun = () => many.filter(({ renew }) => renew.mock.calls.length > 0).length;
      await eventually(async () => {
        for (const { read } of many) await cachesOf().last.getOrLoad(read);
        expect(begun()).toBe(2);
      });
      for (const { read } of many) await cachesOf().last.getOrLoad(read);
      expect(begun()).toBe(2);
      gate.open();
      await eventually(async () => {
        for (const { read } of many) expect((await cachesOf().last.getOrLoad(read)).value).toBe(2);
      });
    });

    it('keeps no renewed one that began before the answer was told to have changed', async () => {
      const { read, renew } = aRead();
      await cachesOf().first.getOrLoad(read);
      clock.advance(rule.freshMs);
      const [begun, change] = [aGate(), aGate()];
      renew.mockImplementationOnce(async () => {
        begun.open();
        await change.opened;
        return -1;
      });
      await cachesOf().first.getOrLoad(read);
      await begun.opened;
      await cachesOf().first.invalidate(read.key);
      expect((await cachesOf().first.getOrLoad(read)).value).toBe(2);
      change.open();
      clock.advance(rule.freshMs);
      await eventually(async () => {
        // Another renewal can only begin when this one has ended.
        expect((await cachesOf().first.getOrLoad(read)).value).toBeGreaterThan(0);
        expect(renew.mock.calls.length).toBeGreaterThan(1);
      });
    });

    it('forgets one that is found to be no more', async () => {
      const { read, load, renew } = aRead();
      await cachesOf().last.getOrLoad(read);
      clock.advance(rule.freshMs);
      renew.mockResolvedValue(null);
      load.mockResolvedValue(null);
      await eventually(async () => {
        expect((await cachesOf().last.getOrLoad(read)).value).toBeNull();
      });
    });
  });
}
