CREATE TABLE `tenants` (
	`id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`company_name` varchar(100) NOT NULL,
	`billing_email` varchar(254) NOT NULL,
	`plan` varchar(20) NOT NULL,
	`billing_period` varchar(10) NOT NULL,
	`region` varchar(20) NOT NULL,
	`shard` varchar(20) NOT NULL,
	`status` varchar(20) NOT NULL,
	`subscription_id` varchar(100) character set utf8mb4 collate utf8mb4_bin,
	`metadata` json NOT NULL,
	`owner_id` binary(16),
	`version` int NOT NULL DEFAULT 1,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `tenants_id` PRIMARY KEY(`id`),
	KEY `tenants_status` (`status`,`id`)
);

CREATE TABLE `subscriptions` (
	`tenant_id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`subscription_id` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `subscriptions_tenant_id` PRIMARY KEY(`tenant_id`),
	CONSTRAINT `subscriptions_subscription` UNIQUE(`subscription_id`)
);

CREATE TABLE `websites` (
	`id` binary(16) NOT NULL,
	`tenant_id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(255) NOT NULL,
	`domain` varchar(253) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`subdomain` varchar(63) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`status` varchar(20) NOT NULL,
	`suspension_reason` varchar(50),
	`locale` varchar(20) NOT NULL,
	`timezone` varchar(64) NOT NULL,
	`currency` char(3) NOT NULL,
	`prices_include_vat` boolean NOT NULL,
	`contact_email` varchar(254) NOT NULL,
	`support_email` varchar(254),
	`theme` varchar(100) NOT NULL DEFAULT 'default',
	`settings` json NOT NULL,
	`is_default` boolean NOT NULL DEFAULT true,
	`catalogue_version` int NOT NULL DEFAULT 1,
	`version` int NOT NULL DEFAULT 1,
	`activated_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `websites_id` PRIMARY KEY(`id`),
	CONSTRAINT `websites_domain` UNIQUE(`domain`),
	CONSTRAINT `websites_subdomain` UNIQUE(`subdomain`),
	KEY `websites_tenant` (`tenant_id`),
	KEY `websites_status` (`status`,`id`)
);

CREATE TABLE `provisionings` (
	`id` binary(16) NOT NULL,
	`tenant_id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kind` varchar(10) NOT NULL,
	`status` varchar(20) NOT NULL,
	`owner` json,
	`error` text,
	`attempts` smallint NOT NULL DEFAULT 0,
	`lease` int NOT NULL DEFAULT 1,
	`lease_until` datetime(3) NOT NULL,
	`finished_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `provisionings_id` PRIMARY KEY(`id`),
	KEY `provisionings_tenant` (`tenant_id`,`id`),
	KEY `provisionings_open` (`status`,`lease_until`)
);

CREATE TABLE `provisioning_steps` (
	`provisioning_id` binary(16) NOT NULL,
	`position` smallint NOT NULL,
	`name` varchar(40) NOT NULL,
	`status` varchar(10) NOT NULL,
	`ms` int NOT NULL,
	`finished_at` datetime(3) NOT NULL,
	CONSTRAINT `provisioning_steps_provisioning_id_name_pk` PRIMARY KEY(`provisioning_id`,`name`)
);

CREATE TABLE `schema_levels` (
	`tenant_id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`service` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`last_migration` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	CONSTRAINT `schema_levels_tenant_id_service_pk` PRIMARY KEY(`tenant_id`,`service`)
);

CREATE TABLE `due_work` (
	`service` varchar(40) NOT NULL,
	`tenant_id` varchar(27) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`due_at` datetime(3) NOT NULL,
	`promised_at` datetime(3) NOT NULL,
	`upkeep_at` datetime(3) NOT NULL,
	`failures` smallint NOT NULL DEFAULT 0,
	CONSTRAINT `due_work_service_tenant_id_pk` PRIMARY KEY(`service`,`tenant_id`),
	KEY `due_work_due` (`due_at`)
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

ALTER TABLE `websites` ADD CONSTRAINT `websites_tenant_id_tenants_id_fk` FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `provisioning_steps` ADD CONSTRAINT `provisioning_steps_provisioning_id_provisionings_id_fk` FOREIGN KEY (`provisioning_id`) REFERENCES `provisionings`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `schema_levels` ADD CONSTRAINT `schema_levels_tenant_id_tenants_id_fk` FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON DELETE cascade ON UPDATE no action;
