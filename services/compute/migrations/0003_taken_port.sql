CREATE TABLE "compute"."taken_port" (
	"host_id" text NOT NULL,
	"protocol" text NOT NULL,
	"port" integer NOT NULL,
	"operation_id" text NOT NULL,
	"found_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "taken_port_host_id_protocol_port_pk" PRIMARY KEY("host_id","protocol","port")
);
