import { Server, Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { boundConnectionsPerAddress } from './connections-per-address.ts';

/** A machine has no two addresses of one IPv6 network by itself, so connections are only said to have been made. */
function connectFrom(server: Server, remoteAddress: string): Socket {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  server.emit('connection', socket);
  return socket;
}

describe('Connections of one subscriber', () => {
  it('are counted together, from however many addresses of their IPv6 network they come', () => {
    const server = new Server();
    boundConnectionsPerAddress(server, { most: 2, speaksForMany: (address) => address === '2001:db8::ffff' });
    const isHeld = (address: string) => !connectFrom(server, address).destroyed;
    const held = connectFrom(server, '2001:db8::1');
    expect([isHeld('2001:db8::2'), isHeld('2001:db8::3'), isHeld('2001:db8:0:1::1')]).toEqual([true, false, true]);
    expect([isHeld('2001:db8::ffff'), isHeld('2001:db8::ffff'), isHeld('2001:db8::ffff')]).toEqual([true, true, true]);
    expect([isHeld('192.0.2.1'), isHeld('::ffff:192.0.2.1'), isHeld('192.0.2.1')]).toEqual([true, true, false]);
    held.emit('close', false);
    expect([isHeld('2001:db8::4'), isHeld('2001:db8::5')]).toEqual([true, false]);
  });
});
