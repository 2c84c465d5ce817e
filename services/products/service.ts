import { defineService } from '../../shared/service/service.ts'
import { providePort } from '../../shared/service/port.ts'
import { documents } from './checks/documents.ts'
import { heldStock } from './checks/reservations.ts'
import { onOrderCancelled, onOrderConfirmed, onOrderRefunded } from './consumers/orders.ts'
import { nextOutdated, refreshOutdated } from './documents/outdated.ts'
import { adminBrands } from './endpoints/admin-brands.ts'
import { adminCategories } from './endpoints/admin-categories.ts'
import { adminProductImports } from './endpoints/admin-product-imports.ts'
import { adminProducts } from './endpoints/admin-products.ts'
import { adminVariants } from './endpoints/admin-variants.ts'
import { brands } from './endpoints/brands.ts'
import { categories } from './endpoints/categories.ts'
import { products } from './endpoints/products.ts'
import { vatRates } from './endpoints/vat-rates.ts'
import * as events from './events.ts'
import { expireReservations, nextOverdueReservation } from './operations/stock/expire.ts'
import { nextAbandonedImport, resumeImports } from './operations/product-imports/resume.ts'
import { quote } from './operations/variants/quote.ts'
import { release } from './operations/stock/release.ts'
import { reserve } from './operations/stock/reserve.ts'
import { seed } from './operations/vat-rates/seed.ts'
import { type Ctx, needs } from './needs.ts'
import { catalogue, inventory } from './ports.ts'
import { permissions } from './permissions.ts'
import './problems.ts'
import { tables } from './schema.ts'

export default defineService<Ctx>({
  name: 'products',
  summary: 'The catalogue: products and their variants, categories, brands, VAT rates and stock',
  resources: ['products', 'variants', 'categories', 'brands', 'vat-rates', 'product-imports'],
  permissions,
  tables,
  migrations: new URL('./migrations/', import.meta.url),
  events,
  needs,
  provides: [
    providePort(catalogue, { quote }),
    providePort(inventory, { reserve, release: (ctx: Ctx, input) => release(ctx, input) }),
  ],
  endpoints: [
    products,
    categories,
    brands,
    vatRates,
    adminProducts,
    adminVariants,
    adminCategories,
    adminBrands,
    adminProductImports,
  ],
  consumers: [onOrderConfirmed, onOrderCancelled, onOrderRefunded],
  jobs: [
    { name: 'expire-reservations', next: nextOverdueReservation, run: expireReservations },
    { name: 'resume-imports', next: nextAbandonedImport, run: resumeImports },
    { name: 'refresh-documents', next: nextOutdated, pauseMs: 0, run: refreshOutdated },
  ],
  checks: [documents, heldStock],
  seed,
})
