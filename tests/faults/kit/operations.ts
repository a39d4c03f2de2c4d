/** What the front end of the fault tests asks. */
export const operations = {
  logIn: /* GraphQL */ `
    mutation LogIn($input: LoginInput!) {
      login(input: $input) {
        ... on LoginSucceeded {
          tokens {
            accessToken
            refreshToken
          }
        }
      }
    }
  `,
  bill: /* GraphQL */ `
    query Bill($line: ID!, $month: YearMonth) {
      line(id: $line) {
        bill(billingMonth: $month) {
          ... on CustomerBill {
            billingMonth
            isClosed
            productName
            amountDue {
              value
            }
            items {
              amount {
                value
              }
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
  `,
  product: /* GraphQL */ `
    query Product($line: ID!) {
      line(id: $line) {
        currentProduct {
          productCode
          version
          freshness {
            fetchedAt
            stale
            source
          }
        }
      }
    }
  `,
  change: /* GraphQL */ `
    mutation Change($input: CreateProductOrderInput!) {
      createProductOrder(input: $input) {
        ... on ProductOrder {
          id
          state
          pollAfterMs
          message
        }
        ... on UserError {
          code
          message
        }
      }
    }
  `,
  order: /* GraphQL */ `
    query Order($id: ID!) {
      productOrder(id: $id) {
        id
        state
        pollAfterMs
        message
      }
    }
  `,
} as const;
