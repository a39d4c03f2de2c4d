const offered = ['application/json', 'application/graphql-response+json'] as const;

/** A media type that answers are given in. */
export type AnswerType = (typeof offered)[number];

/** In which media type an answer is given, and whether that is because the client named it. */
export interface AnswerFormat {
  readonly type: AnswerType;
  readonly isNamed: boolean;
}

const longestHeader = 1_000;
const wildcards = new Set(['*/*', 'application/*']);
/** For whoever takes anything: the type that every client can read. */
const usual: AnswerFormat = { type: 'application/json', isNamed: false };

const isOffered = (type: string): type is AnswerType => offered.some((each) => each === type);

interface Wish {
  readonly type: string;
  readonly quality: number;
}

function wishesIn(accept: string): readonly Wish[] {
  return accept
    .slice(0, longestHeader)
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

/** The format of the answer that an Accept header likes best; null when it takes none that is offered. */
export function chooseAnswerFormat(accept: string | undefined): AnswerFormat | null {
  if (accept === undefined || accept === '') return usual;
  for (const { type } of wishesIn(accept)) {
    if (isOffered(type)) return { type, isNamed: true };
    if (wildcards.has(type)) return usual;
  }
  return null;
}

/** Whether an Accept header is that of a browser that wants a page. */
export const wantsPage = (accept: string | undefined): boolean => accept?.includes('text/html') ?? false;

/** Whether a Content-Type header announces JSON in UTF-8. */
export function announcesJson(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return type.trim() === 'application/json' && isUtf8;
}
