-- CreateEnum
CREATE TYPE "audit_stage" AS ENUM ('BEGUN', 'ENDED');

-- CreateEnum
CREATE TYPE "operation_kind" AS ENUM ('query', 'mutation', 'subscription');

-- CreateTable
CREATE TABLE "audit_record" (
    "sequence" BIGINT NOT NULL,
    "request_id" TEXT NOT NULL,
    "stage" "audit_stage" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_user_id" TEXT,
    "actor_role" TEXT,
    "actor_session_id" TEXT,
    "sealed_address" TEXT NOT NULL,
    "client_name" TEXT,
    "operation_name" TEXT,
    "operation_kind" "operation_kind",
    "document_hash" TEXT,
    "acts" TEXT[],
    "subjects" TEXT[],
    "outcome" TEXT,
    "rows_seen" INTEGER NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "key_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_record_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "audit_chain" (
    "is_only" BOOLEAN NOT NULL DEFAULT true,
    "sequence" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_chain_pkey" PRIMARY KEY ("is_only")
);

-- CreateTable
CREATE TABLE "audit_checkpoint" (
    "through_sequence" BIGINT NOT NULL,
    "through_hash" TEXT NOT NULL,
    "pruned_at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("through_sequence")
);

-- CreateIndex
CREATE INDEX "audit_record_subjects_idx" ON "audit_record" USING GIN ("subjects");

-- CreateIndex
CREATE INDEX "audit_record_actor_user_id_at_idx" ON "audit_record"("actor_user_id", "at");

-- CreateIndex
CREATE INDEX "audit_record_request_id_idx" ON "audit_record"("request_id");

-- CreateIndex
CREATE INDEX "audit_record_at_idx" ON "audit_record" USING BRIN ("at");

-- There is one chain, and it has one end
ALTER TABLE "audit_chain" ADD CONSTRAINT "audit_chain_is_only_one" CHECK ("is_only");

-- A record says how it ended exactly when it has ended
ALTER TABLE "audit_record" ADD CONSTRAINT "audit_record_ends_with_an_outcome"
  CHECK (("stage" = 'ENDED') = ("outcome" IS NOT NULL));

-- What was written down can be read by everybody who may, and changed by nobody
CREATE FUNCTION "refuse_to_rewrite_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END
$$;

-- Two years, in whole months as they are counted in Seoul, and only behind a checkpoint from which the chain goes on
CREATE FUNCTION "keep_two_years"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."at" >= date_trunc('month', now() AT TIME ZONE 'Asia/Seoul' - interval '24 months') AT TIME ZONE 'Asia/Seoul'
     OR NOT EXISTS (SELECT FROM "audit_checkpoint" WHERE "through_sequence" >= OLD."sequence") THEN
    RAISE EXCEPTION 'rows of % are kept for two years', TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END
$$;

-- The end of the chain only moves on
CREATE FUNCTION "refuse_to_go_back"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."sequence" <= OLD."sequence" THEN
    RAISE EXCEPTION 'the end of the chain does not go back';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "audit_record_is_final" BEFORE UPDATE ON "audit_record"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "audit_record_is_kept" BEFORE DELETE ON "audit_record"
  FOR EACH ROW EXECUTE FUNCTION "keep_two_years"();
CREATE TRIGGER "audit_record_is_kept_whole" BEFORE TRUNCATE ON "audit_record"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_to_rewrite_history"();

CREATE TRIGGER "audit_chain_moves_on" BEFORE UPDATE ON "audit_chain"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_go_back"();
CREATE TRIGGER "audit_chain_is_kept" BEFORE DELETE ON "audit_chain"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "audit_chain_is_kept_whole" BEFORE TRUNCATE ON "audit_chain"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_to_rewrite_history"();

CREATE TRIGGER "audit_checkpoint_is_final" BEFORE UPDATE OR DELETE ON "audit_checkpoint"
  FOR EACH ROW EXECUTE FUNCTION "refuse_to_rewrite_history"();
CREATE TRIGGER "audit_checkpoint_is_kept" BEFORE TRUNCATE ON "audit_checkpoint"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_to_rewrite_history"();
