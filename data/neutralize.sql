-- A copy of the database must neither read pages nor answer citizens.
DELETE FROM helpdesk_social_account_secret;
UPDATE helpdesk_social_account
   SET receive = false, lease_owner = NULL, lease_until = NULL,
       delivery_hash = NULL, delivery_error = NULL;
UPDATE helpdesk_social_change
   SET state = 'cancelled', next_try = NULL, lease_owner = NULL, lease_until = NULL
 WHERE state IN ('queued', 'sending', 'failed', 'hand');
UPDATE helpdesk_social_message
   SET next_look = NULL;
-- A copy has no outbox that would have to wait for a person's word.
DELETE FROM helpdesk_social_turn;
DELETE FROM helpdesk_social_hold;
UPDATE helpdesk_social_reply
   SET state = 'approved'
 WHERE state = 'queued';
UPDATE helpdesk_social_message
   SET outbox_state = 'withdrawn', lease_owner = NULL, lease_until = NULL
 WHERE outbox_state IN ('queued', 'sending', 'unknown', 'failed');
