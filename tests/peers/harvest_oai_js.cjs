// node harvest_oai_js.cjs BASE_URL PREFIX: every record's identifier and state, a line each.
const path = require("path");
const { OaiPmh } = require(path.resolve(__dirname, "../../.peers/oai-js/node_modules/oai-pmh"));

async function harvest(base, prefix) {
  for await (const record of new OaiPmh(base).listRecords({ metadataPrefix: prefix })) {
    const deleted = record.header.$ !== undefined && record.header.$.status === "deleted";
    if (!deleted && !record.metadata) throw new Error(`no metadata in ${record.header.identifier}`);
    console.log(`${record.header.identifier} ${deleted ? "deleted" : "live"}`);
  }
}

harvest(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error);
  process.exit(1);
});
