/** What is asked on the walk, as a front end would write it. */

export const logIn = /* GraphQL */ `
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      ... on LoginSucceeded {
        tokens {
          accessToken
          accessTokenExpiresAt
        }
        user {
          loginId
          role
        }
      }
    }
  }
`;
export const everything = /* GraphQL */ `
  {
    me {
      # auth
      customer {
        profile {
          name
          operatorCode
        } # product
        lines {
          id
          phoneNumber
          currentProduct {
            version
            productOffering {
              name
              monthlyFee {
                value
              }
            }
          } # product
          bill {
            ... on CustomerBill {
              billingMonth
              isClosed
              amountDue {
                value
                unit
              }
              freshness {
                stale
                source
              }
            }
          } # billing
        }
      }
    }
  }
`;
export const bill = /* GraphQL */ `
  query Bill($line: ID!, $month: YearMonth) {
    line(id: $line) {
      bill(billingMonth: $month) {
        ... on CustomerBill {
          billingMonth
          productName
          amountDue {
            value
          }
          payment {
            status
          }
          freshness {
            fetchedAt
            stale
            source
          }
        }
        ... on UserError {
          code
          message
        }
      }
    }
  }
`;
export const inquire = /* GraphQL */ `
  mutation Inquire($input: CreateBillInquiryInput!) {
    createBillInquiry(input: $input) {
      ... on BillInquiry {
        id
        state
        progressPercent
        pollAfterMs
        resultSummary
        failure {
          code
          message
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;
export const inquiry = /* GraphQL */ `
  query Again($id: ID!) {
    billInquiry(id: $id) {
      state
      failure {
        code
        message
      }
    }
  }
`;
export const preCheck = /* GraphQL */ `
  mutation PreCheck($input: CheckProductOfferingQualificationInput!) {
    checkProductOfferingQualification(input: $input) {
      ... on ProductOfferingQualification {
        result
        message
        checks {
          type
          isPassed
          message
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;
export const change = /* GraphQL */ `
  mutation Change($input: CreateProductOrderInput!) {
    createProductOrder(input: $input) {
      ... on ProductOrder {
        id
        state
        productCodeBefore
        productCodeAfter
        effectiveDate
        message
        refusalReason
        pollAfterMs
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;
export const order = /* GraphQL */ `
  query Order($id: ID!) {
    productOrder(id: $id) {
      state
      message
      refusalReason
    }
  }
`;
export const currentPlan = /* GraphQL */ `
  query CurrentPlan($line: ID!) {
    line(id: $line) {
      currentProduct {
        productCode
        version
        freshness {
          stale
          source
        }
      }
    }
  }
`;
export const history = /* GraphQL */ `
  query History($line: ID!) {
    line(id: $line) {
      billInquiries(first: 3) {
        totalCount
        edges {
          node {
            billingMonth
            state
            resultSummary
            kosCalls {
              resultCode
              isSuccess
            }
          }
        }
      }
      productOrders {
        totalCount
        edges {
          node {
            productCodeBefore
            productCodeAfter
            state
            kosCalls {
              resultCode
              isSuccess
            }
          }
        }
      }
    }
  }
`;
