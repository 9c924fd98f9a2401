CREATE TABLE "identity"."revoked_peer" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"revoked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "revoked_peer_kind_name_pk" PRIMARY KEY("kind","name")
);
