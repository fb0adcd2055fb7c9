import { rm } from "node:fs/promises";
import { join } from "node:path";
import { tool, toolsDir } from "./paths.mjs";
import { must, run } from "./run.mjs";

/**
 * Installs a program from crates.io, if it is not there at this version.
 * @param {string} crate
 * @param {string} version
 * @param {{ program?: string, flags?: string[] }} [options] `program` if it is not called like the crate
 */
export async function installCargoTool(
  crate,
  version,
  { program = crate, flags = [] } = {},
) {
  // A subcommand of cargo expects its own name first, as cargo calls it.
  const subcommand = /^cargo-(.+)/.exec(program)?.[1];
  const found = await run(
    tool(program),
    [...(subcommand ? [subcommand] : []), "--version"],
    { echo: false },
  ).catch(() => undefined);
  if (found?.stdout.trim() === `${program} ${version}`) return;
  console.log(`Building ${crate} ${version}; this takes minutes, once.`);
  const target = join(toolsDir, "target");
  // Unoptimised: they are built in a quarter of the time, and are quick enough.
  await must(
    "cargo",
    [
      ...["install", crate, "--version", version, "--root", toolsDir],
      ...["--debug", "--force", ...flags],
    ],
    {
      label: "cargo",
      env: { CARGO_TARGET_DIR: target, CARGO_PROFILE_DEV_DEBUG: "0" },
    },
  );
  await rm(target, { recursive: true, force: true });
}
