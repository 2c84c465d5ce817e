import { defineService } from '../../shared/service/service.ts'
import { vatRates } from './endpoints/vat-rates.ts'
import * as events from './events.ts'
import { type Ctx, needs } from './ports.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'products',
  summary: 'The catalogue: products and their variants, categories, brands, VAT rates and stock',
  resources: ['products', 'variants', 'categories', 'brands', 'vat-rates', 'product-imports'],
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  needs,
  endpoints: [vatRates],
})
