import type pg from 'pg';

/** Plants a bug, as the owner of the tables: a mail counts as sent before it is sent. */
export async function endBeforeSending(sql: pg.Pool): Promise<void> {
  await sql.query(`
    CREATE FUNCTION gatehouse_mail.end_before_sending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NEW.done_at := now();
      NEW.outcome := 'SENT';
      RETURN NEW;
    END $$;
    CREATE TRIGGER planted BEFORE UPDATE ON gatehouse_mail.outbox
      FOR EACH ROW WHEN (NEW.attempts > OLD.attempts)
      EXECUTE FUNCTION gatehouse_mail.end_before_sending()`);
}
