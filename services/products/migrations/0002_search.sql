-- Drizzle has no full-text indexes. One column only: its words are our own (domain/search.ts), and InnoDB refuses
-- columns of different collations in one index.
CREATE FULLTEXT INDEX `products_search` ON `products` (`search_text`);
