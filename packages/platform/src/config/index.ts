export { certificateFiles } from './certificate-files.ts';
export { keyRing, privateKeyPem, privateKeyPems, publicKey, publicKeys } from './key-fields.ts';
export {
  amqpUrl,
  ConfigError,
  count,
  drainDelay,
  flag,
  httpUrl,
  keyBytes,
  logLevel,
  milliseconds,
  port,
  readConfig,
} from './read-config.ts';
