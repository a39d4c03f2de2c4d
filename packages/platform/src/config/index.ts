export { ConfigError, count, flag, httpUrl, keyBytes, milliseconds, port, readConfig } from './read-config.ts';
