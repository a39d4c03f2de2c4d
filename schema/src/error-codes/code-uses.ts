import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/** A text that looks like a code, in the sources of something that answers clients. */
export interface CodeUse {
  readonly text: string;
  /** From the root of the repository. */
  readonly file: string;
  /** The property it is the value of; null where it is something else's argument, result or element. */
  readonly property: string | null;
  /** Whether it is put into an answer there, and not just compared, listed or named by a type. */
  readonly isSaid: boolean;
}

const sourceFolders = ['gateway/src', 'subgraphs', 'packages'];
const isSource = (file: string): boolean =>
  file.endsWith('.ts') && !/\.d\.ts$|\.test\.ts$|(^|\/)(testing|contract|generated|node_modules)\//.test(file);
const looksLikeCode = /^[A-Z][A-Z_]*[A-Z]$/;

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.InKeyword,
]);

function isSaidIn(parent: ts.Node): boolean {
  if (ts.isLiteralTypeNode(parent) || ts.isArrayLiteralExpression(parent) || ts.isCaseClause(parent)) return false;
  return !(ts.isBinaryExpression(parent) && comparisons.has(parent.operatorToken.kind));
}

function usesIn(file: string, source: string): readonly CodeUse[] {
  const uses: CodeUse[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && looksLikeCode.test(node.text)) {
      const { parent } = node;
      const property = ts.isPropertyAssignment(parent) ? parent.name.getText() : null;
      uses.push({ text: node.text, file, property, isSaid: isSaidIn(parent) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return uses;
}

/** Reads the sources of the gateway, the subgraphs and what they share. */
export function findCodeUses(root: string): readonly CodeUse[] {
  return sourceFolders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter(isSource)
      .sort()
      .flatMap((file) => usesIn(file, readFileSync(join(root, file), 'utf8'))),
  );
}

/** Whose file it is: the gateway's, a subgraph's, or `shared` by all. */
export function partOf(file: string): string {
  const [folder = '', name = ''] = file.split('/');
  if (folder === 'subgraphs') return name;
  return folder === 'gateway' ? folder : 'shared';
}
