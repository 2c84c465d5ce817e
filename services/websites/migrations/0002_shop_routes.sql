-- What the edge may know of a shop: all that its read-only user can see.
CREATE SQL SECURITY DEFINER VIEW `shop_routes` AS
SELECT
  w.`domain`, w.`tenant_id`, w.`id` AS `website_id`, t.`region`, t.`shard`, t.`plan`, w.`status`,
  w.`suspension_reason`, w.`locale`, w.`currency`, w.`prices_include_vat`, w.`catalogue_version`
FROM `websites` w JOIN `tenants` t ON t.`id` = w.`tenant_id`;
