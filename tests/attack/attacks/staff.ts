import type { Attack } from '../kit/attack.ts';
import { textAt } from '../kit/trial.ts';

const staff = ['operator01', 'analyst01', 'partner01', 'developer01'];
/** Of those whom the demo accounts stand for. */
const personal = /김테스트|이샘플|박데모|010-?1234-?5678|010-?8765-?4321|\+8210/;
const questions = [
  '{ me { id loginId customer { id profile { name } lines { phoneNumber } } sessions { id } } }',
  '{ billInquiryMenu { lines { id phoneNumber bill { __typename } } } }',
  '{ heldProductOrders { edges { node { lineId productOrder { id line { id phoneNumber } } } } } }',
];
const aboutLine = [
  'query ($line: ID!) { line(id: $line) { id phoneNumber } }',
  'query ($line: ID!) { line(id: $line) { bill { __typename ... on CustomerBill { id amountDue { value } } } currentProduct { id } } }',
];
const changes = [
  'mutation ($line: ID!) { createBillInquiry(input: { lineId: $line }) { __typename ... on BillInquiry { id } } }',
  'mutation ($line: ID!) { createProductOrder(input: { lineId: $line, productOfferingId: "5G-BASIC-001", externalId: "attack-staff" }) { __typename ... on ProductOrder { id } } }',
];

export const attack: Attack = {
  threat: 'A15',
  title: 'Staff see nobody’s personal data and change nobody’s plan',
  async run(target, trial) {
    const { access: owner } = await target.logIn('testuser01');
    const { data } = await trial.ask('{ me { customer { lines { id } } } }', { token: owner });
    const line = textAt(data, 'me', 'customer', 'lines', 0, 'id');
    for (const loginId of staff) {
      const { access: token } = await target.logIn(loginId);
      for (const query of [...questions, ...aboutLine, ...changes]) {
        const heard = await trial.ask(query, { token, variables: query.includes('$line') ? { line } : {} });
        trial.holds(!personal.test(heard.text), `${loginId} is shown ${heard.text.slice(0, 160)}`);
        trial.holds(
          !/"__typename":"(BillInquiry|ProductOrder|CustomerBill)"/.test(heard.text),
          `${loginId} gets ${heard.text.slice(0, 120)}`,
        );
        trial.holds(heard.status < 500, `${loginId} is answered ${heard.status}`);
      }
    }
    return `${staff.length} members of staff, ${questions.length + aboutLine.length + changes.length} questions and changes each`;
  },
};
