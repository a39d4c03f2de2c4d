import { readFileSync } from 'node:fs';

import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type TypeNode,
} from 'graphql';

import type { Violation } from './house-rules.ts';

/** Every subgraph declares what is personal by the same directives, word for word. */
const shared = parse(readFileSync(new URL('../directives.graphql', import.meta.url), 'utf8'));

const personalName =
  /(?:Name|LoginId|Password|Passcode|Token|Secret|Phone(?:Number)?|LineNumber|Email|Address|Birth(?:Date|Day)?|Account(?:Number)?|Usim|Iccid|Imsi|IpAddress)$/;
const personalScalars = new Set(['PhoneNumber']);
/** Named like something personal, but things have names too; and one's own login id is shown to nobody else. */
const notPersonal = new Set(['ProductOffering.name', 'BillItem.name', 'CustomerBill.productName', 'User.loginId']);
/** What a mask can stand in for. */
const texts = new Set(['String', 'PhoneNumber', 'Date', 'DateTime']);

const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));
const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const isSensitive = ({ directives }: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): boolean =>
  (directives ?? []).some((directive) => directive.name.value === 'sensitive');

interface Member {
  readonly place: string;
  readonly node: FieldDefinitionNode | InputValueDefinitionNode;
}

/** All fields of types and inputs, and all arguments, by place. */
function membersOf(document: DocumentNode): readonly Member[] {
  return document.definitions.flatMap((type) => {
    if (!('fields' in type)) return [];
    return (type.fields ?? []).flatMap((field): Member[] => {
      const place = `${type.name.value}.${field.name.value}`;
      const args = field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : [];
      return [{ place, node: field }, ...args.map((node) => ({ place: `${place}(${node.name.value}:)`, node }))];
    });
  });
}

/** What is of a personal scalar, or named like something personal, says so. */
export const unmarkedPersonalData = (document: DocumentNode): Violation[] =>
  membersOf(document)
    .filter(({ node }) => personalScalars.has(named(node.type)) || personalName.test(capitalised(node.name.value)))
    .filter(({ place, node }) => !notPersonal.has(place) && !isSensitive(node))
    .map(({ place }) => `${place} looks personal but is not @sensitive`);

/** Only a text can be masked; of an object, its parts are. */
export const sensitiveButNoText = (document: DocumentNode): Violation[] =>
  membersOf(document)
    .filter(({ node }) => isSensitive(node) && !texts.has(named(node.type)))
    .map(({ place, node }) => `${place} is @sensitive, but a ${named(node.type)} cannot be masked`);

/** The directives of the house are the same everywhere. */
export function ownPrivacyDirectives(document: DocumentNode): Violation[] {
  const definitions = new Map(document.definitions.map((node) => [labelOf(node), print(node)]));
  return shared.definitions
    .filter((node) => definitions.get(labelOf(node)) !== print(node))
    .map((node) => `${labelOf(node)} is not as in schema/directives.graphql`);
}

const labelOf = (node: DefinitionNode): string =>
  'name' in node ? `${node.kind === Kind.DIRECTIVE_DEFINITION ? '@' : ''}${node.name.value}` : node.kind;

/** There is a mask for what is said to be sensitive. */
export function unknownKinds(document: DocumentNode): Violation[] {
  const known = new Set(
    shared.definitions.flatMap((node) =>
      node.kind === Kind.ENUM_TYPE_DEFINITION ? (node.values ?? []).map((value) => value.name.value) : [],
    ),
  );
  const found: Violation[] = [];
  visit(document, {
    Directive: (node) => {
      if (node.name.value !== 'sensitive') return;
      const kind = node.arguments?.find(({ name }) => name.value === 'kind')?.value;
      const text = kind?.kind === Kind.ENUM ? kind.value : '';
      if (!known.has(text)) found.push(`@sensitive knows no kind "${text}"`);
    },
  });
  return found;
}
