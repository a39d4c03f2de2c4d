import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLocalQuota } from './index.ts';
import type { Priority, Quota } from './index.ts';
import { createPooledQuota } from './pooled-quota.ts';
import type { SharedPool } from './pooled-quota.ts';
import { describeQuotaContract } from './quota-contract.ts';

function aTime() {
  const time = { nowMs: 5_000 };
  return { time, monotonicMs: () => time.nowMs };
}

describeQuotaContract('local', async (figures) => {
  const { time, monotonicMs } = aTime();
  return await Promise.resolve({
    quota: createLocalQuota({ ...figures, monotonicMs }),
    pass: async (ms: number) => {
      time.nowMs += ms;
      await Promise.resolve();
    },
    close: async () => {
      await Promise.resolve();
    },
  });
});

/** A pool in this process that can forget everything, as a Redis that was restarted, and be cut off from some. */
function aForgetfulPool(windowMs: number, monotonicMs: () => number, ageMs = 0) {
  let beganAtMs = monotonicMs() - ageMs;
  let log: { readonly grantId: string; readonly atMs: number }[] = [];
  const take = (ceiling: number) => {
    const nowMs = monotonicMs();
    log = log.filter(({ atMs }) => atMs > nowMs - windowMs);
    const isYoung = nowMs < beganAtMs + windowMs;
    if (isYoung || log.length >= ceiling) return { isGranted: false, isYoung, retryAfterMs: 1 } as const;
    const grantId = randomUUID();
    log.push({ grantId, atMs: nowMs });
    return { isGranted: true, grantId } as const;
  };
  const reach = (link: { state: 'up' | 'cut' | 'mute' }): SharedPool => ({
    take: async (ceiling) => {
      if (link.state === 'cut') throw new Error('cut off');
      const answer = take(ceiling);
      if (link.state === 'mute') throw new Error('the answer was lost');
      return await Promise.resolve(answer);
    },
    giveBack: async (grantId) => {
      if (link.state !== 'up') throw new Error('cut off');
      log = log.filter((grant) => grant.grantId !== grantId);
      await Promise.resolve();
    },
  });
  const forget = () => {
    beganAtMs = monotonicMs();
    log = [];
  };
  return { reach, forget };
}

describe('a limit over three instances', () => {
  const figures = { limit: 20, windowMs: 1_000, instances: 3 };
  const expectLimitKept = (calledAtMs: readonly number[]) => {
    calledAtMs.forEach((atMs, index) => {
      const tooSoon = calledAtMs[index + figures.limit];
      if (tooSoon !== undefined) expect(tooSoon - atMs).toBeGreaterThanOrEqual(figures.windowMs);
    });
  };
  const priority = fc.constantFrom<Priority>('change', 'interactive', 'background');
  const instance = fc.nat({ max: 2 });
  const schedule = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('burst'), instance, priority, calls: fc.nat({ max: 25 }) }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: 700 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('unused'), instance }) },
      fc.record({ kind: fc.constant('link'), instance, state: fc.constantFrom('up', 'cut', 'mute') }),
      fc.record({ kind: fc.constant('forget') }),
    ),
    { maxLength: 80, size: 'max' },
  );

  it.each(['local', 'pooled'])('%s: is kept in every sliding window, whatever fails and returns', async (kind) => {
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const { time, monotonicMs } = aTime();
        const pool = aForgetfulPool(figures.windowMs, monotonicMs);
        const links = [0, 1, 2].map((): { state: 'up' | 'cut' | 'mute' } => ({ state: 'up' }));
        const quotas = links.map((link) =>
          kind === 'local'
            ? createLocalQuota({ ...figures, monotonicMs })
            : createPooledQuota(pool.reach(link), { ...figures, pauseMs: 50, monotonicMs }),
        );
        const calledAtMs: number[] = [];
        for (const step of steps) {
          switch (step.kind) {
            case 'burst':
              for (let call = 0; call < step.calls; call += 1)
                if ((await quotas[step.instance]?.take(step.priority))?.isGranted === true) calledAtMs.push(time.nowMs);
              break;
            case 'unused': {
              const answer = await quotas[step.instance]?.take('change');
              if (answer?.isGranted === true) answer.giveBack();
              break;
            }
            case 'pass':
              time.nowMs += step.ms;
              break;
            case 'link':
              Object.assign(links[step.instance] ?? {}, { state: step.state });
              break;
            case 'forget':
              pool.forget();
              break;
          }
        }
        expectLimitKept(calledAtMs);
      }),
      { numRuns: 200 },
    );
  });

  it('is kept beside an old pool, however often instances are replaced by new ones', async () => {
    const replacements = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ kind: fc.constant('burst'), instance, priority, calls: fc.nat({ max: 25 }) }),
        },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat({ max: 700 }) }) },
        fc.record({ kind: fc.constant('restart'), instance }),
      ),
      { maxLength: 80, size: 'max' },
    );
    await fc.assert(
      fc.asyncProperty(replacements, async (steps) => {
        const { time, monotonicMs } = aTime();
        const pool = aForgetfulPool(figures.windowMs, monotonicMs, 2 * figures.windowMs);
        const start = () => createPooledQuota(pool.reach({ state: 'up' }), { ...figures, monotonicMs });
        const quotas = [start(), start(), start()];
        const calledAtMs: number[] = [];
        for (const step of steps) {
          if (step.kind === 'pass') time.nowMs += step.ms;
          else if (step.kind === 'restart') quotas[step.instance] = start();
          else
            for (let call = 0; call < step.calls; call += 1)
              if ((await quotas[step.instance]?.take(step.priority))?.isGranted === true) calledAtMs.push(time.nowMs);
        }
        expectLimitKept(calledAtMs);
      }),
      { numRuns: 200 },
    );
  });

  describe('an instance that starts', () => {
    const changes = async (quota: Quota) => {
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await quota.take('change')));
      return answers.filter((answer) => answer.isGranted).length;
    };
    const [ownShare, pooled] = [3, 11];

    it('beside an old pool has the pool alone for a window, and then its own share, too', async () => {
      const { time, monotonicMs } = aTime();
      const pool = aForgetfulPool(figures.windowMs, monotonicMs, figures.windowMs);
      const quota = createPooledQuota(pool.reach({ state: 'up' }), { ...figures, monotonicMs });
      expect(await changes(quota)).toBe(pooled);
      time.nowMs += figures.windowMs - 1;
      expect(await quota.take('change')).toMatchObject({ isGranted: false, retryAfterMs: 1 });
      time.nowMs += 1;
      expect(await changes(quota)).toBe(ownShare + pooled);
    });

    it.each([
      ['that is young', 'up', 0],
      ['that it cannot reach', 'cut', 2_000],
    ] as const)('beside a pool %s has its own share at once', async (_, state, ageMs) => {
      const { monotonicMs } = aTime();
      const pool = aForgetfulPool(figures.windowMs, monotonicMs, ageMs);
      expect(await changes(createPooledQuota(pool.reach({ state }), { ...figures, monotonicMs }))).toBe(ownShare);
    });
  });

  it('gives each instance its equal share where nothing is shared', async () => {
    const quota = createLocalQuota({ ...figures, monotonicMs: aTime().monotonicMs });
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await quota.take('change')));
    expect(answers.filter((answer) => answer.isGranted)).toHaveLength(6);
  });

  it('refuses to start when there are more instances than calls', () => {
    expect(() => createLocalQuota({ limit: 2, windowMs: 1_000, instances: 3 })).toThrow(RangeError);
  });
});
