// check.mjs TEMPLATE...: do CloudFormation templates keep to CloudFormation's
// rules? Asks the rules that aws-cdk-lib brings, offline. A warning counts as a
// failure: a wrong attribute type is only a warning there.
//
// Prints a line for each finding, which begins with the template's file, and
// exits 1 if there is any. aws-cdk-lib is looked up below the folder named by CDK.
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(join(process.env.CDK, 'node_modules', 'from-here.js'));
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const version = require('aws-cdk-lib/package.json').version;

const outdirs = [];
process.on('exit', () => outdirs.forEach((d) => rmSync(d, { recursive: true, force: true })));
// The library tells people of the same findings at length, on stderr.
console.error = () => {};

function findings(file) {
	const outdir = mkdtempSync(join(tmpdir(), 'slipway-check-'));
	outdirs.push(outdir);
	const app = new App({ outdir, analyticsReporting: false, context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
	const found = [];
	try {
		new CfnInclude(new Stack(app, 'Slipway'), 'Template', { templateFile: file });
		app.synth();
	} catch (err) {
		found.push(String(err.message ?? err).replace(/\s+/g, ' '));
	}
	const report = join(outdir, 'validation-report.json');
	if (!existsSync(report)) return found;
	for (const { violations } of JSON.parse(readFileSync(report, 'utf8')).pluginReports) {
		for (const v of violations) {
			const where = v.violatingConstructs.map((c) => c.cloudFormationResource?.logicalId).join(', ');
			found.push(`${v.severity} ${v.ruleName} ${where}: ${v.description}`);
		}
	}
	return found;
}

let count = 0;
for (const file of process.argv.slice(2)) {
	for (const f of findings(file)) {
		console.log(`${file}: ${f}`);
		count++;
	}
}
console.log(`aws-cdk-lib ${version}: ${count} findings`);
process.exitCode = count > 0 ? 1 : 0;
