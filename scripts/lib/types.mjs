// Makes the published types: tsc emits the declarations of js/, and API Extractor rolls them up to one file for each entry.
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from "@microsoft/api-extractor";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import ts from "typescript";
import { inRoot, root, workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";

/** @import { IConfigFile } from "@microsoft/api-extractor" */

const SOURCES = inRoot("js");
const EMITTED = join(workDir, "types");
const ROLLED_UP = join(EMITTED, "rolled-up");

// What the package's name means to the other entries: a package is not rolled up, so that all share one set of types.
const PACKAGE = join(EMITTED, "node_modules/cognito-signout");

// The modules whose exports are those of the package.
const SHARED = ["index", "types", "errors"];

/**
 * @param {string} folder
 * @param {string} name
 */
const declarations = (folder, name) => join(folder, `${name}.d.ts`);

/**
 * Writes the types of each entry, for ES modules and the same for CommonJS.
 * @param {string} outdir
 * @param {string[]} entries
 */
export async function rollUpTypes(outdir, entries) {
  await rm(EMITTED, { recursive: true, force: true });
  emit();
  rollUp(["index"]);
  await mkdir(PACKAGE, { recursive: true });
  await writeFile(
    declarations(PACKAGE, "index"),
    await readFile(declarations(ROLLED_UP, "index")),
  );
  for (const name of SHARED)
    await writeFile(
      declarations(EMITTED, name),
      'export * from "cognito-signout";\n',
    );
  rollUp(entries.filter((entry) => entry !== "index"));
  for (const entry of entries) {
    const rolledUp = await readFile(declarations(ROLLED_UP, entry), "utf8");
    const types = await format(
      // These two are types without it.
      rolledUp.replaceAll(/^export declare (?=interface|type)/gm, "export "),
      { parser: "typescript", objectWrap: "collapse" },
    );
    for (const ending of ["d.ts", "d.cts"])
      await writeFile(join(outdir, `${entry}.${ending}`), types);
  }
}

/** Checks all of js/ and writes the declarations of each file. */
function emit() {
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    readSettings(),
    ts.sys,
    SOURCES,
  );
  const program = ts.createProgram(fileNames, {
    ...options,
    noEmit: false,
    emitDeclarationOnly: true,
    outDir: EMITTED,
    rootDir: SOURCES,
  });
  const problems = [
    ...ts.getPreEmitDiagnostics(program),
    ...program.emit().diagnostics,
  ];
  if (problems.length > 0)
    throw new Failure(
      ts.formatDiagnostics(problems, {
        getCurrentDirectory: () => root,
        getCanonicalFileName: (name) => name,
        getNewLine: () => "\n",
      }),
    );
}

/** What js/tsconfig.json says. */
function readSettings() {
  const file = join(SOURCES, "tsconfig.json");
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error) throw new Failure(`${error.messageText}`);
  return config;
}

/**
 * How API Extractor reads the declarations of an entry: it reports nothing but errors.
 * @param {Pick<IConfigFile, "mainEntryPointFilePath" | "compiler" | "dtsRollup" | "apiReport">} settings
 */
export const extractorConfig = (settings) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      ...settings,
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // TypeDoc and the linter read the comments.
        tsdocMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
        },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
          "ae-unresolved-link": { logLevel: ExtractorLogLevel.None },
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: inRoot("package.json"),
  });

/** @param {string[]} entries */
function rollUp(entries) {
  const files = entries.map((entry) => declarations(EMITTED, entry));
  const compilerOptions = {
    ...readSettings().compilerOptions,
    paths: { "cognito-signout": [declarations(PACKAGE, "index")] },
  };
  const configs = entries.map((entry) =>
    extractorConfig({
      mainEntryPointFilePath: declarations(EMITTED, entry),
      compiler: { overrideTsconfig: { compilerOptions, files } },
      dtsRollup: {
        enabled: true,
        untrimmedFilePath: declarations(ROLLED_UP, entry),
      },
      apiReport: { enabled: false },
    }),
  );
  const [first] = configs;
  if (!first) return;
  // One reading of the types for all.
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: files,
  });
  for (const config of configs) {
    /** @type {string[]} */
    const messages = [];
    const { succeeded } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback(message) {
        message.handled = true;
        if (message.logLevel === "error" || message.logLevel === "warning")
          messages.push(message.formatMessageWithLocation(root));
      },
    });
    if (!succeeded) throw new Failure(messages.join("\n"));
  }
}
