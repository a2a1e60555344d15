-- A copy of the database must neither read pages nor answer citizens.
DELETE FROM helpdesk_social_account_secret;
UPDATE helpdesk_social_account
   SET receive = false, lease_owner = NULL, lease_until = NULL;
UPDATE helpdesk_social_reply
   SET state = 'approved'
 WHERE state = 'queued';
UPDATE helpdesk_social_message
   SET outbox_state = 'withdrawn', lease_owner = NULL, lease_until = NULL
 WHERE outbox_state IN ('queued', 'sending', 'unknown', 'failed');
