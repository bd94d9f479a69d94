// check.mjs: what a real grammar of PowerShell thinks of texts.
//
//   node --liftoff-only check.mjs FOLDER <texts.json >answers.json
//
// FOLDER is where install.sh has put the grammar. In: an array of texts. Out: for each its faults, its tree without
// the words in it, the commands it calls and the functions it defines. --liftoff-only, because V8 would spend ten seconds on making the grammar fast.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const { Parser, Language } = await import(pathToFileURL(join(folder, 'web-tree-sitter', 'web-tree-sitter.js')));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(join(folder, 'tree-sitter-powershell', 'tree-sitter-powershell.wasm')));

function faults(node, found = []) {
	if (node.isError || node.isMissing) {
		const { row, column } = node.startPosition;
		const what = node.isMissing ? `${node.type} is missing` : `no PowerShell: ${JSON.stringify(node.text.slice(0, 60))}`;
		found.push(`line ${row + 1}, column ${column + 1}: ${what}`);
	}
	if (node.type === 'pipeline_chain_tail') {
		found.push(`line ${node.startPosition.row + 1}: ${node.text} is known to PowerShell 7 only`);
	}
	for (const child of node.children) faults(child, found);
	return found;
}

const names = (node, type) => [...new Set(node.descendantsOfType(type).map((n) => n.text))].sort();

const answers = JSON.parse(readFileSync(0, 'utf8')).map((text) => {
	const tree = parser.parse(text);
	const root = tree.rootNode;
	const answer = { faults: faults(root), tree: root.toString(), commands: names(root, 'command_name'), functions: names(root, 'function_name') };
	tree.delete();
	return answer;
});
process.stdout.write(JSON.stringify(answers));
