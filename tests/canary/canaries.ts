/** Somebody who does not exist, and whose data is found wherever it has no business. */
export const canary = {
  name: '홍카나리아',
  lineNumber: '01099990001',
  phoneNumber: '010-9999-0001',
  email: 'hong.canary@example.com',
  loginId: 'hong-canary',
  password: 'canary-password-홍카나리아',
  newPassword: 'canary-password-그다음것',
  address: '서울특별시 강남구 카나리아로 77',
  birthDate: '1987-06-05',
  account: '110-987-654321',
  residentNumber: '870605-1234567',
} as const;

/** Texts to look for, each under the name it is reported by. */
export type Wanted = ReadonlyMap<string, string>;

/** What must be nowhere: all of the canary, and what it was given to prove who it is. */
export const wantedTexts = (tokens: Readonly<Record<string, string>>): Wanted =>
  new Map([
    ...Object.entries(canary),
    ['international number', '+821099990001'],
    ['spoken number', '10-9999-0001'],
    ['number without code', '99990001'],
    ...Object.entries(tokens),
  ]);

const enoughOfBase64 = 12;

/** A text as it looks once it was put into JSON, an address, base64, hexadecimal, or another form of Unicode. */
function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  // in base64 it looks different by where in a group of three it begins; the ends depend on their neighbours
  const inBase64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(4, -2),
  );
  return [
    text,
    text.normalize('NFD'),
    encodeURIComponent(text),
    text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    bytes.toString('hex'),
    ...inBase64.filter((form) => form.length >= enoughOfBase64),
    ...inBase64
      .filter((form) => form.length >= enoughOfBase64)
      .map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Makes what tells which of the texts are in another, in whatever form. */
export function createSearch(wanted: Wanted): (text: string) => readonly string[] {
  const forms = [...wanted].map(([label, text]) => ({ label, forms: formsOf(text) }));
  return (text) => {
    const looked = text.toLowerCase();
    return forms
      .filter((each) => each.forms.some((form) => looked.includes(form.toLowerCase())))
      .map(({ label }) => label);
  };
}
