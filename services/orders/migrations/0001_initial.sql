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

CREATE TABLE `orders` (
	`id` binary(16) NOT NULL,
	`order_number` varchar(24) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` binary(16) NOT NULL,
	`basket_id` binary(16) NOT NULL,
	`basket_version` int NOT NULL,
	`placed_basket_id` binary(16),
	`status` varchar(12) NOT NULL,
	`payment_status` varchar(20) NOT NULL,
	`currency` char(3) NOT NULL,
	`lines` json NOT NULL,
	`subtotal_net` bigint NOT NULL,
	`subtotal_gross` bigint NOT NULL,
	`discount_net` bigint NOT NULL,
	`discount_gross` bigint NOT NULL,
	`shipping_net` bigint NOT NULL,
	`shipping_gross` bigint NOT NULL,
	`total_net` bigint NOT NULL,
	`total_gross` bigint NOT NULL,
	`vat_breakdown` json NOT NULL,
	`item_count` int NOT NULL,
	`shipping_method` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`shipping_name` varchar(255) NOT NULL,
	`payment_method` varchar(30) NOT NULL,
	`billing_address` json NOT NULL,
	`shipping_address` json,
	`customer_name` varchar(255) NOT NULL,
	`customer_email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`customer_phone` varchar(40),
	`promo_codes` json NOT NULL,
	`notes` text,
	`admin_notes` text,
	`ip_address` varchar(45),
	`user_agent` varchar(500),
	`cancellation_reason` varchar(500),
	`refusal` json,
	`lease_until` datetime(3),
	`attempts` int NOT NULL DEFAULT 0,
	`version` int NOT NULL DEFAULT 1,
	`placed_at` datetime(3) NOT NULL,
	`confirmed_at` datetime(3),
	`completed_at` datetime(3),
	`cancelled_at` datetime(3),
	`updated_at` datetime(3) NOT NULL,
	`deleted_at` datetime(3),
	CONSTRAINT `orders_id` PRIMARY KEY(`id`),
	CONSTRAINT `orders_number` UNIQUE(`order_number`),
	CONSTRAINT `orders_placed_basket` UNIQUE(`placed_basket_id`),
	KEY `orders_user` (`user_id`,`placed_at`),
	KEY `orders_status` (`status`,`placed_at`),
	KEY `orders_placed` (`placed_at`),
	KEY `orders_email` (`customer_email`),
	KEY `orders_confirmed` (`confirmed_at`),
	KEY `orders_unfinished` (`lease_until`)
);

CREATE TABLE `payments` (
	`id` binary(16) NOT NULL,
	`order_id` binary(16) NOT NULL,
	`provider` varchar(30) NOT NULL,
	`status` varchar(12) NOT NULL,
	`amount` bigint NOT NULL,
	`refunded_amount` bigint NOT NULL,
	`refunding_amount` bigint NOT NULL,
	`currency` char(3) NOT NULL,
	`provider_reference` varchar(255),
	`operation_id` binary(16) NOT NULL,
	`refund_reason` varchar(500),
	`refund_by` varchar(64),
	`error` text,
	`due_at` datetime(3),
	`attempts` int NOT NULL DEFAULT 0,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `payments_id` PRIMARY KEY(`id`),
	KEY `payments_order` (`order_id`),
	KEY `payments_due` (`due_at`)
);

CREATE TABLE `order_status_history` (
	`id` binary(16) NOT NULL,
	`order_id` binary(16) NOT NULL,
	`from_status` varchar(12),
	`to_status` varchar(12) NOT NULL,
	`changed_by` varchar(64) NOT NULL,
	`reason` varchar(500),
	`changed_at` datetime(3) NOT NULL,
	CONSTRAINT `order_status_history_id` PRIMARY KEY(`id`),
	KEY `order_status_history_order` (`order_id`,`changed_at`)
);

CREATE TABLE `shipping_methods` (
	`code` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(255) NOT NULL,
	`price` bigint NOT NULL,
	`vat_rate` int NOT NULL,
	`min_days` int NOT NULL,
	`max_days` int NOT NULL,
	`requires_address` boolean NOT NULL,
	`is_active` boolean NOT NULL,
	`version` int NOT NULL DEFAULT 1,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `shipping_methods_code` PRIMARY KEY(`code`)
);

ALTER TABLE `payments` ADD CONSTRAINT `payments_order_id_orders_id_fk` FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `order_status_history` ADD CONSTRAINT `order_status_history_order_id_orders_id_fk` FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON DELETE cascade ON UPDATE no action;
