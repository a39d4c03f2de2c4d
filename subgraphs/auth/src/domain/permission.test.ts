import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { anAuthGraph, aPhone, type AuthGraph } from '../testing/an-auth-graph.ts';
import type { Person } from '../testing/people.ts';
import { codesInForce, judge, type PermissionCode } from './permission.ts';

let graph: AuthGraph;

beforeAll(async () => {
  graph = await anAuthGraph();
});
afterAll(async () => {
  await graph.close();
});

const fields = 'service description isGranted denialReason';
const ask = ({ viewer }: Person, service: string, language: 'ko' | 'en' = 'ko') =>
  graph.ask(
    `query ($service: ServiceType!) { servicePermission(service: $service) { ${fields} } }`,
    { service },
    {
      viewer,
      language,
    },
  );

describe('The right to use a service', () => {
  it('is granted by a permission of its own, refused without, with the reason in the caller’s language', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY'] });
    expect((await ask(person, 'BILL_INQUIRY')).data).toEqual({
      servicePermission: {
        service: 'BILL_INQUIRY',
        description: '요금 조회 서비스',
        isGranted: true,
        denialReason: null,
      },
    });
    expect((await ask(person, 'PRODUCT_CHANGE')).data).toMatchObject({
      servicePermission: { isGranted: false, denialReason: '상품변경 권한이 없습니다' },
    });
    expect((await ask(person, 'PRODUCT_CHANGE', 'en')).data).toMatchObject({
      servicePermission: { description: 'Changing the plan', denialReason: 'You may not change the plan.' },
    });
  });

  it('is read from the database, not from the token, so that taking it back works at once', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY'] });
    await graph.query('UPDATE permission_grant SET is_active = false WHERE account_id = $1', [person.id]);
    expect((await ask(person, 'BILL_INQUIRY')).data).toMatchObject({ servicePermission: { isGranted: false } });
  });

  it('is logged with every answer, and who asked from where', async () => {
    const person = await graph.people.add({ permissions: ['BILL_INQUIRY'] });
    await ask(person, 'BILL_INQUIRY');
    graph.clock.advance(1);
    await ask(person, 'PRODUCT_CHANGE');
    const rows = await graph.query('SELECT * FROM permission_access_log WHERE account_id = $1 ORDER BY accessed_at', [
      person.id,
    ]);
    const seen = { account_id: person.id, session_id: person.viewer.sessionId };
    expect(rows).toMatchObject([
      { ...seen, service: 'BILL_INQUIRY', outcome: 'GRANTED', denial_reason: null },
      { ...seen, service: 'PRODUCT_CHANGE', outcome: 'DENIED', denial_reason: 'NOT_GRANTED' },
    ]);
    expect(rows.map((row) => row['client_ip_sealed'])).toEqual([
      expect.stringMatching(/^v1\.k1\./),
      expect.stringMatching(/^v1\.k1\./),
    ]);
    expect(JSON.stringify(rows)).not.toContain(aPhone.address);
  });

  it('is listed for each service with the user', async () => {
    const person = await graph.people.add({ permissions: ['PRODUCT_CHANGE'] });
    expect((await graph.ask('{ me { permissions { service isGranted } } }', {}, person)).data).toEqual({
      me: {
        permissions: [
          { service: 'BILL_INQUIRY', isGranted: false },
          { service: 'PRODUCT_CHANGE', isGranted: true },
        ],
      },
    });
  });

  it('is nobody’s who is not signed in', async () => {
    const answer = await graph.ask(`{ servicePermission(service: BILL_INQUIRY) { isGranted } }`);
    expect(answer.errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('Judging a permission', () => {
  const now = new Date('2026-11-21T03:00:00Z');
  const grant = (code: PermissionCode, change: { isActive?: boolean; expiresAt?: Date } = {}) => ({
    code,
    isActive: true,
    expiresAt: null,
    ...change,
  });
  const active = { accountStatus: 'ACTIVE', role: 'CUSTOMER' } as const;

  it('denies a service that nobody knows, even to an administrator', () => {
    expect(judge(['ADMIN'], 'BILLING_OF_OTHERS')).toEqual({ isGranted: false, denial: 'UNKNOWN_SERVICE' });
    expect(judge(['ADMIN'], 'ADMIN')).toEqual({ isGranted: false, denial: 'UNKNOWN_SERVICE' });
    expect(judge(['ADMIN'], 'constructor')).toEqual({ isGranted: false, denial: 'UNKNOWN_SERVICE' });
  });

  it('grants an administrator every service there is', () => {
    expect(judge(['ADMIN'], 'BILL_INQUIRY')).toEqual({ isGranted: true });
    expect(judge(['ADMIN'], 'PRODUCT_CHANGE')).toEqual({ isGranted: true });
  });

  it('counts a grant until the moment it runs out, and none that is switched off', () => {
    const grants = [
      grant('BILL_INQUIRY', { expiresAt: new Date(now.getTime() + 1) }),
      grant('PRODUCT_CHANGE', { expiresAt: now }),
      grant('ADMIN', { isActive: false }),
    ];
    expect(codesInForce({ ...active, grants }, now)).toEqual(['BILL_INQUIRY']);
  });

  it.each(['SUSPENDED', 'INACTIVE'] as const)('counts nothing of an account that is %s', (accountStatus) => {
    expect(codesInForce({ ...active, accountStatus, grants: [grant('ADMIN')] }, now)).toEqual([]);
  });

  it('counts the right to settle orders for an operator, and for nobody else who was given it', () => {
    const grants = [grant('ADMIN'), grant('ORDER_SETTLEMENT')];
    expect(codesInForce({ ...active, role: 'OPERATOR', grants }, now)).toEqual(['ADMIN', 'ORDER_SETTLEMENT']);
    for (const role of ['CUSTOMER', 'ANALYST'] as const) {
      expect(codesInForce({ ...active, role, grants }, now)).toEqual(['ADMIN']);
    }
  });

  it.each(['PARTNER', 'DEVELOPER'] as const)('counts nothing in the hands of a %s', (role) => {
    const grants = [grant('BILL_INQUIRY'), grant('PRODUCT_CHANGE'), grant('ADMIN'), grant('ORDER_SETTLEMENT')];
    expect(codesInForce({ ...active, role, grants }, now)).toEqual([]);
  });
});
