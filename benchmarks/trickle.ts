import { connect, type Socket } from 'node:net';

/*
 * Opens so many sockets to a port of this machine and sends a header over each of them every second, at moments of their
 * own, so that no request ever comes to an end. Those that are cut off come back. Prints a line when all are open.
 */
const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const everyMs = 1_000;
const opensPerTick = 10;
const tickMs = 5;

const sockets = new Map<Socket, NodeJS.Timeout>();
let opened = 0;

function open(): void {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.once('connect', () => {
    socket.write('POST /graphql HTTP/1.1\r\nhost: gateway\r\n');
    sockets.set(
      socket,
      setInterval(() => socket.write('x: y\r\n'), everyMs),
    );
    opened += 1;
    if (opened === count) console.log('open');
  });
  socket.resume().once('close', () => {
    clearInterval(sockets.get(socket));
    sockets.delete(socket);
    setTimeout(open, everyMs);
  });
}

let asked = 0;
const opening = setInterval(() => {
  for (let nth = 0; nth < opensPerTick && asked < count; nth += 1, asked += 1) open();
  if (asked >= count) clearInterval(opening);
}, tickMs);
