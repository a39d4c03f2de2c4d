/** Joins what is made for each of so many numbers. */
export const repeat = (times: number, part: (at: number) => string, between = ' '): string =>
  Array.from({ length: times }, (_, at) => part(at)).join(between);

/** Fragments that double at each step: some 30 bytes a step are worth 2^steps selections. */
export const fragmentBomb = (steps: number, spread = (to: number) => `...f${to} ...f${to}`): string =>
  `{ me { ...f0 } } ${repeat(steps, (at) => `fragment f${at} on User { ${at + 1 === steps ? 'id' : spread(at + 1)} }`)}`;

/** A field within a field within a field. */
export const nested = (levels: number): string => `{ me ${'{ a '.repeat(levels - 1)}${'}'.repeat(levels - 1)} }`;

export const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      __typename
    }
  }
`;
export const whoAmI = '{ me { id } }';
