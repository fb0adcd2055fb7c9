import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { root } from "./paths.mjs";

/** An expected failure: its message is all that the user needs to see. */
export class Failure extends Error {}

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {string} [cwd] the project's folder if left out
 * @property {boolean} [echo] show the output as it comes; true if left out
 * @property {string} [label] show the output as it comes, each line after this label
 */

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} `output` is both streams, interleaved
 */
export function run(
  program,
  args,
  { env = {}, cwd = root, echo = true, label } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
      output += chunk;
      if (echo && !label) process.stdout.write(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
      if (echo && !label) process.stderr.write(chunk);
    });
    if (label) {
      for (const input of [child.stdout, child.stderr]) {
        createInterface({ input }).on("line", (line) =>
          console.log(`[${label}] ${line.trim()}`),
        );
      }
    }
    child.on("error", (error) => {
      const missing = "code" in error && error.code === "ENOENT";
      reject(
        new Failure(
          missing
            ? `${program} was not found.`
            : `${program} did not start: ${error.message}`,
        ),
      );
    });
    child.on("close", (code, signal) => {
      if (signal) reject(new Failure(`${program} was ended by ${signal}.`));
      else resolve({ code: code ?? 1, stdout, output });
    });
  });
}

/**
 * Runs a program that has to succeed, quietly; what it said is shown if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its standard output, trimmed
 */
export async function must(program, args, options = {}) {
  const { code, stdout, output } = await run(program, args, {
    ...options,
    echo: options.label !== undefined,
  });
  if (code !== 0) {
    if (!options.label) process.stderr.write(output);
    throw new Failure(
      `\`${[program, ...args].join(" ")}\` failed (exit code ${code}).`,
    );
  }
  return stdout.trim();
}

/**
 * The frame of every script: one clear sentence for an expected failure, a stack for any other.
 * @param {() => Promise<unknown>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exit(1);
  }
}
