/** The operations that the tests ask, as front ends ask them through the gateway. */
const billFields = /* GraphQL */ `
  fragment Bill on CustomerBill {
    id
    line {
      id
    }
    billingMonth
    isClosed
    billDate
    productName
    contractDescription
    amountDue {
      unit
      value
    }
    items {
      name
      type
      amount {
        unit
        value
      }
    }
    discounts {
      name
      amount {
        value
      }
    }
    usage {
      type
      used
      allowance
      unit
    }
    estimatedTerminationFee {
      total {
        value
      }
      contractPenalty {
        value
      }
      installmentRemaining {
        value
      }
      otherFees {
        value
      }
    }
    deviceInstallment {
      deviceModel
      total {
        value
      }
      monthly {
        value
      }
      remaining {
        value
      }
      remainingMonths
    }
    payment {
      status
      method
      dueDate
      paidOn
    }
    freshness {
      fetchedAt
      stale
      source
    }
  }
  fragment Problem on UserError {
    __typename
    code
    message
    ... on BillNotIssued {
      billingMonth
    }
    ... on InvalidBillingMonth {
      billingMonths
    }
    ... on BackendUnavailable {
      retryAfterMs
    }
  }
`;

const inquiryFields = /* GraphQL */ `
  fragment Inquiry on BillInquiry {
    id
    state
    progressPercent
    pollAfterMs
    line {
      id
    }
    billingMonth
    requestedAt
    completedAt
    resultSummary
    bill {
      ...Bill
    }
    failure {
      ...Problem
    }
    kosCalls {
      requestedAt
      respondedAt
      resultCode
      isSuccess
      result
    }
  }
  ${billFields}
`;

export const menu = /* GraphQL */ `
  {
    billInquiryMenu {
      lines {
        id
      }
      currentBillingMonth
      billingMonths
    }
  }
`;

export const createInquiry = /* GraphQL */ `
  mutation ($input: CreateBillInquiryInput!) {
    createBillInquiry(input: $input) {
      __typename
      ...Inquiry
      ...Problem
    }
  }
  ${inquiryFields}
`;

export const inquiryById = /* GraphQL */ `
  query ($id: ID!) {
    billInquiry(id: $id) {
      ...Inquiry
    }
  }
  ${inquiryFields}
`;

/** As the gateway asks for what belongs to a line. */
export const lineBill = /* GraphQL */ `
  query ($representations: [_Any!]!, $month: YearMonth) {
    _entities(representations: $representations) {
      ... on Line {
        id
        bill(billingMonth: $month) {
          __typename
          ...Bill
          ...Problem
        }
      }
    }
  }
  ${billFields}
`;

export const lineBills = /* GraphQL */ `
  query ($representations: [_Any!]!, $first: Int! = 3, $after: String) {
    _entities(representations: $representations) {
      ... on Line {
        bills(first: $first, after: $after) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          edges {
            cursor
            billingMonth
            node {
              ...Bill
            }
            problem {
              ...Problem
            }
          }
        }
      }
    }
  }
  ${billFields}
`;

export const lineHistory = /* GraphQL */ `
  query (
    $representations: [_Any!]!
    $first: Int! = 20
    $after: String
    $state: BillInquiryState
    $from: Date
    $to: Date
  ) {
    _entities(representations: $representations) {
      ... on Line {
        billInquiries(first: $first, after: $after, state: $state, from: $from, to: $to) {
          totalCount
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
          edges {
            cursor
            node {
              ...Inquiry
            }
          }
        }
      }
    }
  }
  ${inquiryFields}
`;

export const anyEntity = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on Line {
        id
      }
      ... on CustomerBill {
        id
        billingMonth
      }
      ... on BillInquiry {
        id
        state
      }
    }
  }
`;
