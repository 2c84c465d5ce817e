/** Minor digits of a currency: EUR 2, JPY 0, KWD 3. Source: ISO 4217, as Intl has it. */
export const currencyDigits = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
