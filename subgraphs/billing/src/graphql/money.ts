/** An amount of whole won as the schema writes it. */
export const money = (amountWon: number) => ({ unit: 'KRW', value: String(amountWon) });
