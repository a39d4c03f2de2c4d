import type { Attack } from '../kit/attack.ts';

const question = /* GraphQL */ `
  {
    me {
      id
      customer {
        id
        profile {
          name
        }
        lines {
          id
          phoneNumber
          currentProduct {
            id
          }
          bill {
            ... on CustomerBill {
              id
              productName
              amountDue {
                value
              }
            }
          }
        }
      }
    }
  }
`;
const people = ['testuser01', 'testuser02'];
const rounds = 30;
const atOnce = 10;

export const attack: Attack = {
  threat: 'T20',
  title: 'Nobody is shown what was kept for somebody else',
  async run(target, trial) {
    const known = await Promise.all(
      people.map(async (loginId) => {
        const { access: token } = await target.logIn(loginId);
        const { data } = await trial.ask(question, { token });
        return { token, theirs: JSON.stringify(data) };
      }),
    );
    trial.holds(new Set(known.map(({ theirs }) => theirs)).size === people.length, 'two people are shown the same');
    let answers = 0;
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(
        Array.from({ length: atOnce }, async (_, nth) => {
          const person = known[(round + nth) % known.length];
          if (person === undefined) return;
          const { data, headers } = await trial.ask(question, { token: person.token });
          answers += 1;
          trial.holds(
            JSON.stringify(data) === person.theirs,
            `somebody is shown ${JSON.stringify(data).slice(0, 200)}`,
          );
          trial.holds(String(headers['cache-control']).includes('no-store'), 'an answer may be kept on its way');
        }),
      );
    }
    return `${answers} reads by ${people.length} people at once, each compared whole`;
  },
};
