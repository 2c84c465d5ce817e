CREATE TABLE `baskets` (
	`id` binary(16) NOT NULL,
	`user_id` binary(16),
	`current_user_id` binary(16),
	`guest_token_hash` binary(32),
	`status` varchar(10) NOT NULL,
	`version` int NOT NULL DEFAULT 1,
	`currency` char(3) NOT NULL,
	`lines` json NOT NULL,
	`subtotal_net` bigint NOT NULL DEFAULT 0,
	`subtotal_gross` bigint NOT NULL DEFAULT 0,
	`discount_net` bigint NOT NULL DEFAULT 0,
	`discount_gross` bigint NOT NULL DEFAULT 0,
	`total_net` bigint NOT NULL DEFAULT 0,
	`total_gross` bigint NOT NULL DEFAULT 0,
	`converted_to_order_id` binary(16),
	`merged_into_id` binary(16),
	`last_activity_at` datetime(3) NOT NULL,
	`abandoned_at` datetime(3),
	`archived_at` datetime(3),
	`ip_address` varchar(45),
	`user_agent` varchar(500),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `baskets_id` PRIMARY KEY(`id`),
	CONSTRAINT `baskets_current_user` UNIQUE(`current_user_id`),
	CONSTRAINT `baskets_guest_token` UNIQUE(`guest_token_hash`),
	KEY `baskets_idle` (`status`,`last_activity_at`),
	KEY `baskets_user` (`user_id`,`last_activity_at`),
	KEY `baskets_archived` (`archived_at`)
);

CREATE TABLE `promo_codes` (
	`id` binary(16) NOT NULL,
	`name` varchar(255) NOT NULL,
	`code` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`live_code` varchar(50) character set utf8mb4 collate utf8mb4_bin,
	`kind` varchar(15) NOT NULL,
	`value` bigint NOT NULL,
	`minimum_purchase` bigint,
	`maximum_discount` bigint,
	`usage_limit` int,
	`per_user_limit` int,
	`usage_count` int NOT NULL DEFAULT 0,
	`starts_at` datetime(3),
	`ends_at` datetime(3),
	`is_active` boolean NOT NULL DEFAULT true,
	`is_stackable` boolean NOT NULL DEFAULT false,
	`first_order_only` boolean NOT NULL DEFAULT false,
	`applicable_products` json NOT NULL,
	`applicable_categories` json NOT NULL,
	`version` int NOT NULL DEFAULT 1,
	`deleted_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `promo_codes_id` PRIMARY KEY(`id`),
	CONSTRAINT `promo_codes_code` UNIQUE(`live_code`),
	KEY `promo_codes_listed` (`deleted_at`,`id`)
);

CREATE TABLE `basket_promo_codes` (
	`basket_id` binary(16) NOT NULL,
	`promo_code_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`discount_net` bigint NOT NULL,
	`discount_gross` bigint NOT NULL,
	`applied_at` datetime(3) NOT NULL,
	CONSTRAINT `basket_promo_codes_basket_id_promo_code_id_pk` PRIMARY KEY(`basket_id`,`promo_code_id`),
	KEY `basket_promo_codes_code` (`promo_code_id`,`applied_at`)
);

CREATE TABLE `order_redemptions` (
	`order_id` binary(16) NOT NULL,
	`status` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `order_redemptions_order_id` PRIMARY KEY(`order_id`)
);

CREATE TABLE `promo_redemptions` (
	`order_id` binary(16) NOT NULL,
	`promo_code_id` binary(16) NOT NULL,
	`user_id` binary(16),
	`status` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `promo_redemptions_order_id_promo_code_id_pk` PRIMARY KEY(`order_id`,`promo_code_id`),
	KEY `promo_redemptions_user` (`user_id`,`promo_code_id`,`status`),
	KEY `promo_redemptions_code` (`promo_code_id`,`status`)
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

ALTER TABLE `basket_promo_codes` ADD CONSTRAINT `basket_promo_codes_basket_id_baskets_id_fk` FOREIGN KEY (`basket_id`) REFERENCES `baskets`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `basket_promo_codes` ADD CONSTRAINT `basket_promo_codes_promo_code_id_promo_codes_id_fk` FOREIGN KEY (`promo_code_id`) REFERENCES `promo_codes`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `promo_redemptions` ADD CONSTRAINT `promo_redemptions_order_id_order_redemptions_order_id_fk` FOREIGN KEY (`order_id`) REFERENCES `order_redemptions`(`order_id`) ON DELETE cascade ON UPDATE no action;
