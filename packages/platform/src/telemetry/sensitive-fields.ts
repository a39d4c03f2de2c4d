/**
 * Names under which personal data and secrets travel, in lower case and without separators. They are masked wherever they
 * stand in a line; a test holds that every field which the schema calls @sensitive is among them.
 */
const sensitiveFields: ReadonlySet<string> = new Set([
  // secrets
  'password',
  'newpassword',
  'currentpassword',
  'passwordhash',
  'secret',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'internaltoken',
  'devicetoken',
  'stepuptoken',
  'authorization',
  'cookie',
  'setcookie',
  'apikey',
  'privatekey',
  // who somebody is, and where
  'name',
  'customername',
  'loginid',
  'phone',
  'phonenumber',
  'linenumber',
  'msisdn',
  'email',
  'address',
  'clientaddress',
  'remoteaddress',
  'ip',
  'birthdate',
  'accountnumber',
  'usim',
  'iccid',
  'imsi',
  'ci',
  // what was asked and answered
  'variables',
  'representations',
  'query',
  'body',
  'headers',
]);

/** Whether a field of this name is never logged as it is. */
export const isSensitiveField = (name: string): boolean =>
  sensitiveFields.has(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
