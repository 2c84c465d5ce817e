CREATE TABLE `vat_rates` (
	`id` binary(16) NOT NULL,
	`name` varchar(255) NOT NULL,
	`rate` int NOT NULL,
	`country_code` char(2),
	`is_default` boolean,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `vat_rates_id` PRIMARY KEY(`id`),
	CONSTRAINT `vat_rates_name` UNIQUE(`name`),
	CONSTRAINT `vat_rates_default` UNIQUE(`is_default`)
);

CREATE TABLE `brands` (
	`id` binary(16) NOT NULL,
	`name` varchar(255) NOT NULL,
	`name_key` binary(32) NOT NULL,
	`slug` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` text,
	`logo_url` varchar(2048),
	`website` varchar(255),
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `brands_id` PRIMARY KEY(`id`),
	CONSTRAINT `brands_slug` UNIQUE(`slug`),
	CONSTRAINT `brands_name_key` UNIQUE(`name_key`),
	KEY `brands_name` (`name`)
);

CREATE TABLE `categories` (
	`id` binary(16) NOT NULL,
	`parent_id` binary(16),
	`name` varchar(255) NOT NULL,
	`name_key` binary(32) NOT NULL,
	`slug` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` text,
	`image_url` varchar(2048),
	`position` int NOT NULL DEFAULT 0,
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `categories_id` PRIMARY KEY(`id`),
	CONSTRAINT `categories_slug` UNIQUE(`slug`),
	CONSTRAINT `categories_name_key` UNIQUE(`name_key`),
	KEY `categories_parent` (`parent_id`,`position`)
);

CREATE TABLE `products` (
	`id` binary(16) NOT NULL,
	`slug` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`ref` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(255) NOT NULL,
	`short_description` text,
	`description` mediumtext,
	`status` varchar(10) NOT NULL,
	`is_featured` boolean NOT NULL DEFAULT false,
	`brand_id` binary(16),
	`vat_rate_id` binary(16),
	`product_type` varchar(255),
	`tags` json NOT NULL,
	`options` json NOT NULL,
	`price_min` bigint,
	`price_max` bigint,
	`on_sale` boolean NOT NULL DEFAULT false,
	`meta_title` varchar(255),
	`meta_description` text,
	`search_text` text NOT NULL,
	`import_hash` binary(32),
	`import_version` int,
	`import_handle` varchar(255) character set utf8mb4 collate utf8mb4_bin,
	`version` int NOT NULL DEFAULT 1,
	`deleted_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `products_id` PRIMARY KEY(`id`),
	CONSTRAINT `products_slug` UNIQUE(`slug`),
	CONSTRAINT `products_ref` UNIQUE(`ref`),
	CONSTRAINT `products_import_handle` UNIQUE(`import_handle`),
	KEY `products_brand` (`brand_id`,`status`)
);

CREATE TABLE `variants` (
	`id` binary(16) NOT NULL,
	`product_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`option_values` json NOT NULL,
	`sku` varchar(255) character set utf8mb4 collate utf8mb4_bin,
	`barcode` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`price` bigint,
	`compare_at_price` bigint,
	`cost_price` bigint,
	`stock` int NOT NULL DEFAULT 0,
	`reserved` int NOT NULL DEFAULT 0,
	`tracks_stock` boolean NOT NULL DEFAULT true,
	`allows_backorder` boolean NOT NULL DEFAULT false,
	`weight_grams` int,
	`requires_shipping` boolean NOT NULL DEFAULT true,
	`taxable` boolean NOT NULL DEFAULT true,
	`image_url` varchar(2048),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `variants_id` PRIMARY KEY(`id`),
	CONSTRAINT `variants_stock_not_negative` CHECK(`variants`.`stock` >= 0),
	CONSTRAINT `variants_reserved_not_negative` CHECK(`variants`.`reserved` >= 0),
	KEY `variants_product` (`product_id`,`position`),
	KEY `variants_sku` (`sku`),
	KEY `variants_barcode` (`barcode`)
);

CREATE TABLE `product_images` (
	`id` binary(16) NOT NULL,
	`product_id` binary(16) NOT NULL,
	`url` varchar(2048) NOT NULL,
	`alt_text` varchar(512),
	`position` int NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `product_images_id` PRIMARY KEY(`id`),
	KEY `product_images_product` (`product_id`,`position`)
);

CREATE TABLE `product_categories` (
	`product_id` binary(16) NOT NULL,
	`category_id` binary(16) NOT NULL,
	CONSTRAINT `product_categories_product_id_category_id_pk` PRIMARY KEY(`product_id`,`category_id`),
	KEY `product_categories_category` (`category_id`)
);

CREATE TABLE `product_documents` (
	`product_id` binary(16) NOT NULL,
	`slug` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(255) NOT NULL,
	`brand_id` binary(16),
	`price_min` bigint,
	`price_max` bigint,
	`on_sale` boolean NOT NULL,
	`is_featured` boolean NOT NULL,
	`in_stock` boolean NOT NULL,
	`tags` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`card` text NOT NULL,
	`detail` mediumtext NOT NULL,
	`etag` char(22) NOT NULL,
	CONSTRAINT `product_documents_product_id` PRIMARY KEY(`product_id`),
	CONSTRAINT `product_documents_slug` UNIQUE(`slug`),
	KEY `product_documents_newest` (`created_at`,`product_id`),
	KEY `product_documents_name` (`name`,`product_id`),
	KEY `product_documents_price` (`price_min`,`product_id`),
	KEY `product_documents_brand` (`brand_id`,`created_at`,`product_id`)
);

CREATE TABLE `outdated_documents` (
	`cause` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`after` binary(16),
	`due_at` datetime(3) NOT NULL,
	CONSTRAINT `outdated_documents_cause` PRIMARY KEY(`cause`),
	KEY `outdated_documents_due` (`due_at`)
);

CREATE TABLE `reservations` (
	`order_id` binary(16) NOT NULL,
	`status` varchar(10) NOT NULL,
	`lines` json NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `reservations_order_id` PRIMARY KEY(`order_id`),
	KEY `reservations_expiry` (`status`,`expires_at`)
);

CREATE TABLE `product_imports` (
	`id` binary(16) NOT NULL,
	`status` varchar(10) NOT NULL,
	`stock` varchar(4) NOT NULL,
	`charset` varchar(40),
	`bytes` int NOT NULL DEFAULT 0,
	`total` int NOT NULL DEFAULT 0,
	`processed` int NOT NULL DEFAULT 0,
	`created` int NOT NULL DEFAULT 0,
	`updated` int NOT NULL DEFAULT 0,
	`unchanged` int NOT NULL DEFAULT 0,
	`failed` int NOT NULL DEFAULT 0,
	`variants` int NOT NULL DEFAULT 0,
	`problems` json NOT NULL,
	`problem_count` int NOT NULL DEFAULT 0,
	`claim` int NOT NULL DEFAULT 0,
	`attempts` int NOT NULL DEFAULT 0,
	`lease_until` datetime(3) NOT NULL,
	`created_by` binary(16),
	`finished_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `product_imports_id` PRIMARY KEY(`id`),
	KEY `product_imports_open` (`status`,`lease_until`)
);

CREATE TABLE `import_files` (
	`import_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`bytes` mediumblob NOT NULL,
	CONSTRAINT `import_files_import_id_position_pk` PRIMARY KEY(`import_id`,`position`)
);

CREATE TABLE `import_batches` (
	`import_id` binary(16) NOT NULL,
	`first` int NOT NULL,
	`count` int NOT NULL,
	`records` mediumblob NOT NULL,
	CONSTRAINT `import_batches_import_id_first_pk` PRIMARY KEY(`import_id`,`first`)
);

CREATE TABLE `outbox` (
	`id` binary(16) NOT NULL,
	`subject` varchar(255) NOT NULL,
	`envelope` mediumtext NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`claimed_until` datetime(3) NOT NULL,
	`published_at` datetime(3),
	`published_in` bigint NOT NULL DEFAULT 0,
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`),
	KEY `outbox_unpublished` (`published_at`,`claimed_until`)
);

CREATE TABLE `inbox` (
	`consumer` varchar(100) NOT NULL,
	`event_id` binary(16) NOT NULL,
	`applied_at` datetime(3) NOT NULL,
	CONSTRAINT `inbox_consumer_event_id_pk` PRIMARY KEY(`consumer`,`event_id`),
	KEY `inbox_applied` (`applied_at`)
);

CREATE TABLE `idempotency_keys` (
	`key_hash` binary(32) NOT NULL,
	`request_hash` binary(32) NOT NULL,
	`operation_id` binary(16) NOT NULL,
	`attempt` binary(16) NOT NULL,
	`locked_until` datetime(3) NOT NULL,
	`status` smallint,
	`headers` json,
	`body` mediumtext,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_keys_key_hash` PRIMARY KEY(`key_hash`),
	KEY `idempotency_created` (`created_at`)
);

CREATE TABLE `audit_log` (
	`id` binary(16) NOT NULL,
	`actor_type` varchar(20) NOT NULL,
	`actor_id` varchar(64),
	`action` varchar(100) NOT NULL,
	`target` varchar(100) NOT NULL,
	`changes` json,
	`request_id` varchar(64),
	`ip_address` varchar(45),
	`user_agent` text,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `audit_log_id` PRIMARY KEY(`id`),
	KEY `audit_target` (`target`,`created_at`),
	KEY `audit_created` (`created_at`)
);

ALTER TABLE `products` ADD CONSTRAINT `products_brand_id_brands_id_fk` FOREIGN KEY (`brand_id`) REFERENCES `brands`(`id`) ON DELETE set null ON UPDATE no action;

ALTER TABLE `products` ADD CONSTRAINT `products_vat_rate_id_vat_rates_id_fk` FOREIGN KEY (`vat_rate_id`) REFERENCES `vat_rates`(`id`) ON DELETE set null ON UPDATE no action;

ALTER TABLE `variants` ADD CONSTRAINT `variants_product_id_products_id_fk` FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `product_images` ADD CONSTRAINT `product_images_product_id_products_id_fk` FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `product_categories` ADD CONSTRAINT `product_categories_product_id_products_id_fk` FOREIGN KEY (`product_id`) REFERENCES `products`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `product_categories` ADD CONSTRAINT `product_categories_category_id_categories_id_fk` FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `import_files` ADD CONSTRAINT `import_files_import_id_product_imports_id_fk` FOREIGN KEY (`import_id`) REFERENCES `product_imports`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `import_batches` ADD CONSTRAINT `import_batches_import_id_product_imports_id_fk` FOREIGN KEY (`import_id`) REFERENCES `product_imports`(`id`) ON DELETE cascade ON UPDATE no action;
