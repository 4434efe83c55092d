/*
Finds the places where a source file can be changed by one operator, condition, statement or constant.
*/
import {parseSync, Visitor} from 'oxc-parser';

/** One change. `start` and `end` are offsets in the text of the file; `line` starts at 1. */
export type Mutation = {
	readonly start: number;
	readonly end: number;
	readonly replacement: string;
	readonly line: number;
};

const swapped: Readonly<Record<string, string>> = {
	'<': '<=',
	'<=': '<',
	'>': '>=',
	'>=': '>',
	'===': '!==',
	'!==': '===',
	'+': '-',
	'-': '+',
	'*': '/',
	'/': '*',
	'&&': '||',
	'||': '&&',
	'??': '&&',
	'+=': '-=',
	'-=': '+=',
	'??=': '=',
	'||=': '=',
	'++': '--',
	'--': '++',
};

type Node = {readonly start: number; readonly end: number};

/** All mutations of a file, in the order of their places. Throws where it cannot be parsed. Types, imports and texts are left alone. */
export const mutationsOf = (file: string, text: string): readonly Mutation[] => {
	const {program, errors} = parseSync(file, text);
	if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
	const found: Mutation[] = [];
	const replace = ({start, end}: Node, replacement: string) => {
		if (text.slice(start, end) === replacement) return;
		found.push({start, end, replacement, line: text.slice(0, start).split('\n').length});
	};
	const operatorBetween = (left: Node, right: Node, operator: string) => {
		const start = text.indexOf(operator, left.end);
		const other = swapped[operator];
		if (other && start >= 0 && start < right.start) replace({start, end: start + operator.length}, other);
	};
	/** Whether an operand can stand alone: not one side of a comparison with a text, where `+` joins. */
	const joinsText = (left: Node, right: Node) =>
		/^['"`]/.test(text.slice(left.start)) || /^['"`]/.test(text.slice(right.start));
	const condition = (test: Node) => {
		replace(test, 'true');
		replace(test, 'false');
	};
	new Visitor({
		BinaryExpression({left, right, operator}) {
			if (operator === '+' && joinsText(left, right)) return;
			operatorBetween(left, right, operator);
		},
		LogicalExpression(node) {
			const {left, right, operator} = node;
			operatorBetween(left, right, operator);
			// Each operand alone.
			replace(node, text.slice(left.start, left.end));
			if (operator !== '&&' || right.type !== 'ObjectExpression')
				replace(node, text.slice(right.start, right.end));
		},
		AssignmentExpression({left, right, operator}) {
			operatorBetween(left, right, operator);
		},
		UpdateExpression(node) {
			const other = swapped[node.operator];
			if (other) replace(node, text.slice(node.start, node.end).replace(node.operator, other));
		},
		UnaryExpression(node) {
			if (node.operator === '!') replace(node, text.slice(node.argument.start, node.argument.end));
		},
		ConditionalExpression: ({test}) => condition(test),
		IfStatement: ({test}) => condition(test),
		Literal(node) {
			if (typeof node.value === 'boolean') replace(node, String(!node.value));
			else if (typeof node.value === 'number') replace(node, String(node.value + 1));
		},
		ExpressionStatement(node) {
			replace(node, ';');
		},
		TSLiteralType: () => undefined,
	}).visit(program);
	const types = typeRanges(program);
	return found
		.filter(({start}) => !types.some(type => type.start <= start && start < type.end))
		.sort((a, b) => a.start - b.start || a.end - b.end || (a.replacement < b.replacement ? -1 : 1));
};

/** Where types stand: a literal in a type changes nothing that runs. */
const typeRanges = (program: Parameters<InstanceType<typeof Visitor>['visit']>[0]): readonly Node[] => {
	const ranges: Node[] = [];
	const note = ({start, end}: Node) => void ranges.push({start, end});
	new Visitor({
		TSTypeAliasDeclaration: note,
		TSTypeAnnotation: note,
		TSTypeParameterInstantiation: note,
	}).visit(program);
	return ranges;
};

/** The text with one change. */
export const mutate = (text: string, {start, end, replacement}: Mutation): string =>
	text.slice(0, start) + replacement + text.slice(end);

/** Some of the values, in their order; the same seed chooses the same ones. */
export const sampleOf = <Value>(values: readonly Value[], size: number, seed: number): readonly Value[] => {
	let state = seed >>> 0;
	const random = () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state;
	};
	return values
		.map((value, index) => ({value, index, rank: random()}))
		.sort((a, b) => a.rank - b.rank)
		.slice(0, size)
		.sort((a, b) => a.index - b.index)
		.map(({value}) => value);
};
