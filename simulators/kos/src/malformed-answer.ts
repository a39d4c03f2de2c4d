import type { Malformation } from './faults.ts';
import type { Answer } from './result-codes.ts';

export interface RawBody {
  readonly contentType: string;
  readonly text: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const OTHER_LINE = '01000009999';
const OTHER_CUSTOMER = 'CUST999999';

export function garble(answer: Answer, as: Malformation): RawBody {
  const json = JSON.stringify(answer.body);
  switch (as) {
    case 'html':
      return { contentType: 'text/html; charset=utf-8', text: '<html><body><h1>점검 중입니다</h1></body></html>' };
    case 'truncated':
      return { contentType: JSON_TYPE, text: json.slice(0, Math.floor(json.length / 2)) };
    case 'wrong-types':
      return { contentType: JSON_TYPE, text: JSON.stringify(answer.body, wrongTypes) };
    case 'other-line':
      return { contentType: JSON_TYPE, text: JSON.stringify(answer.body, otherLine) };
    case 'new-item-type':
      return { contentType: JSON_TYPE, text: JSON.stringify(answer.body, newItemType) };
  }
}

function wrongTypes(_key: string, value: unknown): unknown {
  if (typeof value === 'number') return `${value.toLocaleString('ko-KR')}원`;
  if (typeof value === 'boolean') return value ? 'Y' : 'N';
  return Array.isArray(value) ? Object.fromEntries(value.map((item, index) => [String(index), item])) : value;
}

function otherLine(key: string, value: unknown): unknown {
  if (key === 'lineNumber') return OTHER_LINE;
  return key === 'customerId' ? OTHER_CUSTOMER : value;
}

/** A bill that still adds up. */
function newItemType(_key: string, value: unknown): unknown {
  return value === 'BASIC_FEE' ? 'GREEN_LEVY' : value;
}
