CREATE TABLE `users` (
	`id` binary(16) NOT NULL,
	`first_name` varchar(255) NOT NULL,
	`last_name` varchar(255) NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin,
	`email_verified_at` datetime(3),
	`password_hash` varchar(255),
	`locale` varchar(35),
	`last_login_at` datetime(3),
	`deleted_at` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email` UNIQUE(`email`),
	KEY `users_deleted` (`deleted_at`)
);

CREATE TABLE `sessions` (
	`id` binary(16) NOT NULL,
	`user_id` binary(16) NOT NULL,
	`ip_address` varchar(45),
	`network` varchar(45),
	`user_agent` varchar(500),
	`created_at` datetime(3) NOT NULL,
	`last_used_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`revoked_at` datetime(3),
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`),
	KEY `sessions_user` (`user_id`,`revoked_at`),
	KEY `sessions_expiry` (`expires_at`),
	KEY `sessions_revoked` (`revoked_at`)
);

CREATE TABLE `refresh_tokens` (
	`token_hash` binary(32) NOT NULL,
	`session_id` binary(16) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`used_at` datetime(3),
	`used_by` binary(32),
	CONSTRAINT `refresh_tokens_token_hash` PRIMARY KEY(`token_hash`),
	KEY `refresh_tokens_session` (`session_id`)
);

CREATE TABLE `invitations` (
	`user_id` binary(16) NOT NULL,
	`token_hash` binary(32) NOT NULL,
	`invited_by` binary(16),
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `invitations_user_id` PRIMARY KEY(`user_id`),
	CONSTRAINT `invitations_token` UNIQUE(`token_hash`),
	KEY `invitations_expiry` (`expires_at`)
);

CREATE TABLE `signing_keys` (
	`kid` binary(16) NOT NULL,
	`public_jwk` json NOT NULL,
	`private_key` varchar(512),
	`is_active` boolean,
	`created_at` datetime(3) NOT NULL,
	`activated_at` datetime(3) NOT NULL,
	`retired_at` datetime(3),
	CONSTRAINT `signing_keys_kid` PRIMARY KEY(`kid`),
	CONSTRAINT `signing_keys_active` UNIQUE(`is_active`),
	KEY `signing_keys_retired` (`retired_at`)
);

CREATE TABLE `roles` (
	`id` binary(16) NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `roles_id` PRIMARY KEY(`id`),
	CONSTRAINT `roles_name` UNIQUE(`name`)
);

CREATE TABLE `permissions` (
	`id` binary(16) NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_protected` boolean NOT NULL DEFAULT false,
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `permissions_id` PRIMARY KEY(`id`),
	CONSTRAINT `permissions_name` UNIQUE(`name`)
);

CREATE TABLE `role_permissions` (
	`role_id` binary(16) NOT NULL,
	`permission_id` binary(16) NOT NULL,
	CONSTRAINT `role_permissions_role_id_permission_id_pk` PRIMARY KEY(`role_id`,`permission_id`),
	KEY `role_permissions_permission` (`permission_id`)
);

CREATE TABLE `user_roles` (
	`user_id` binary(16) NOT NULL,
	`role_id` binary(16) NOT NULL,
	CONSTRAINT `user_roles_user_id_role_id_pk` PRIMARY KEY(`user_id`,`role_id`),
	KEY `user_roles_role` (`role_id`,`user_id`)
);

CREATE TABLE `user_permissions` (
	`user_id` binary(16) NOT NULL,
	`permission_id` binary(16) NOT NULL,
	CONSTRAINT `user_permissions_user_id_permission_id_pk` PRIMARY KEY(`user_id`,`permission_id`),
	KEY `user_permissions_permission` (`permission_id`)
);

CREATE TABLE `throttles` (
	`key_hash` binary(32) NOT NULL,
	`attempts` int NOT NULL,
	`window_ends_at` datetime(3) NOT NULL,
	CONSTRAINT `throttles_key_hash` PRIMARY KEY(`key_hash`),
	KEY `throttles_window` (`window_ends_at`)
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

ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `refresh_tokens` ADD CONSTRAINT `refresh_tokens_session_id_sessions_id_fk` FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `invitations` ADD CONSTRAINT `invitations_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `role_permissions` ADD CONSTRAINT `role_permissions_role_id_roles_id_fk` FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `role_permissions` ADD CONSTRAINT `role_permissions_permission_id_permissions_id_fk` FOREIGN KEY (`permission_id`) REFERENCES `permissions`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `user_roles` ADD CONSTRAINT `user_roles_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `user_roles` ADD CONSTRAINT `user_roles_role_id_roles_id_fk` FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON DELETE restrict ON UPDATE no action;

ALTER TABLE `user_permissions` ADD CONSTRAINT `user_permissions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;

ALTER TABLE `user_permissions` ADD CONSTRAINT `user_permissions_permission_id_permissions_id_fk` FOREIGN KEY (`permission_id`) REFERENCES `permissions`(`id`) ON DELETE cascade ON UPDATE no action;
