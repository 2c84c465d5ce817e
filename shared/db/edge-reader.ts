import { PLATFORM_DATABASE } from './databases.ts'

/** The user with which the edge looks shops up, and all that it may read. */
export const EDGE_READER = { user: 'edge_reader', database: PLATFORM_DATABASE, tables: ['shop_routes'] }
