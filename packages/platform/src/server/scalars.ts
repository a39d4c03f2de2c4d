import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const textScalar = (name: string, isValid: (text: string) => boolean) => {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && isValid(value)) return value;
    throw new GraphQLError(`${name} is not valid`, { extensions: { code: 'BAD_USER_INPUT' } });
  };
  return new GraphQLScalarType<string, string>({
    name,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
    serialize: read,
  });
};

const isCalendarDay = (text: string): boolean => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text));

const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError('DateTime is not valid');
  },
  parseValue: (value) => {
    if (typeof value === 'string' && isMoment(value)) return new Date(value);
    throw new GraphQLError('DateTime is not valid', { extensions: { code: 'BAD_USER_INPUT' } });
  },
});

/**
 * Every scalar of the house. `YearMonth` takes any text up to 32 characters on its way in: whether it names a month that
 * can be asked for is a rule of the service that owns the months.
 */
export const scalars = {
  CurrencyCode: textScalar('CurrencyCode', (text) => /^[A-Z]{3}$/.test(text)),
  Date: textScalar('Date', isCalendarDay),
  DateTime,
  Decimal: textScalar('Decimal', (text) => /^-?\d{1,18}(\.\d{1,6})?$/.test(text)),
  PhoneNumber: textScalar('PhoneNumber', (text) => /^010-\d{4}-\d{4}$/.test(text)),
  YearMonth: textScalar('YearMonth', (text) => text.length <= 32),
} as const;
