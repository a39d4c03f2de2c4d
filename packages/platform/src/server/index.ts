export { enforceAuthorization } from './enforce-authorization.ts';
export { createHttpServer, listen, PortTaken } from './http-server.ts';
export type { ListenAddress, Readiness } from './http-server.ts';
export { createLifecycle } from './lifecycle.ts';
export type { Lifecycle } from './lifecycle.ts';
export { scalars } from './scalars.ts';
export { closeOnSignals } from './shutdown.ts';
export { createSubgraphServer, requestHeaders } from './subgraph-server.ts';
export type { RequestContext, SubgraphServer } from './subgraph-server.ts';
