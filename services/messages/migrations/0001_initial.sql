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

CREATE TABLE `failed_messages` (
	`id` binary(16) NOT NULL,
	`letter_id` binary(16) NOT NULL,
	`consumer` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`event_id` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`subject` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`event_type` varchar(150) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`payload` mediumtext NOT NULL,
	`reason` varchar(12) NOT NULL,
	`code` varchar(40) NOT NULL,
	`pointers` json NOT NULL,
	`attempts` int NOT NULL,
	`retries` int NOT NULL DEFAULT 0,
	`status` varchar(12) NOT NULL,
	`failed_at` datetime(3) NOT NULL,
	`last_retry_at` datetime(3),
	`retry_until` datetime(3),
	`resolved_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `failed_messages_id` PRIMARY KEY(`id`),
	CONSTRAINT `failed_messages_event` UNIQUE(`consumer`,`event_id`),
	KEY `failed_messages_newest` (`failed_at`),
	KEY `failed_messages_status` (`status`,`failed_at`),
	KEY `failed_messages_retrying` (`retry_until`)
);
