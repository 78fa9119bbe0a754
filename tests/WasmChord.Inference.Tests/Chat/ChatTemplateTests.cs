namespace WasmChord.Inference.Tests;

public sealed class ChatTemplateTests
{
    private static readonly ChatMessage[] s_turns =
        [new("system", "Be brief."), new("user", "Hello"), new("assistant", "Hi there"), new("user", "Who are you")];

    [Theory]
    [InlineData("chatml", "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi there<|im_end|>\n<|im_start|>user\nWho are you<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("llama2", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello [/INST] Hi there </s><s>[INST] Who are you [/INST]")]
    [InlineData("llama3", "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHi there<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho are you<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("mistral", "<s>[INST] Be brief.\n\nHello [/INST] Hi there</s>[INST] Who are you [/INST]")]
    [InlineData("phi3", "<|system|>\nBe brief.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi there<|end|>\n<|user|>\nWho are you<|end|>\n<|assistant|>\n")]
    [InlineData("gemma", "<s><start_of_turn>user\nBe brief.\n\nHello<end_of_turn>\n<start_of_turn>model\nHi there<end_of_turn>\n<start_of_turn>user\nWho are you<end_of_turn>\n<start_of_turn>model\n")]
    [InlineData("zephyr", "<|system|>\nBe brief.</s>\n<|user|>\nHello</s>\n<|assistant|>\nHi there</s>\n<|user|>\nWho are you</s>\n<|assistant|>\n")]
    [InlineData("alpaca", "Be brief.\n\n### Instruction:\nHello\n\n### Response:\nHi there\n\n### Instruction:\nWho are you\n\n### Response:\n")]
    [InlineData("vicuna", "Be brief.\n\nUSER: Hello\nASSISTANT: Hi there</s>\nUSER: Who are you\nASSISTANT:")]
    [InlineData("deepseek", "<s>Be brief.\n\nUser: Hello\n\nAssistant: Hi there</s>User: Who are you\n\nAssistant:")]
    [InlineData("deepseek3", "<s>Be brief.\n\n<｜User｜>Hello<｜Assistant｜>Hi there<｜end▁of▁sentence｜><｜User｜>Who are you<｜Assistant｜>")]
    public void Render_OfAWellKnownFormat_IsItsDocumentedText(string name, string expected) =>
        Assert.Equal(expected, ChatTemplate.Named(name).Render(s_turns, true, "<s>", "</s>"));

    [Fact]
    public void Names_AllOfThem_CanBeRendered()
    {
        foreach (string name in ChatTemplate.Names) Assert.NotEmpty(ChatTemplate.Named(name).Render(s_turns));
    }

    [Theory]
    [InlineData("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 5 }}", "7 3 2 3.5 32")]
    [InlineData("{{ 'a' ~ 1 ~ none ~ true }}", "a1NoneTrue")]
    [InlineData("{{ 'yes' if 2 > 1 and not false else 'no' }}{{ 'x' if false }}", "yes")]
    [InlineData("{{ 'b' in 'abc' }} {{ 4 not in [1, 2] }} {{ 'k' in {'k': 1} }}", "True True True")]
    [InlineData("{{ [1, 2, 3][-1] }} {{ 'hello'[1:3] }} {{ [1, 2, 3, 4][::-1] }} {{ (1, 2)[0] }}", "3 el [4, 3, 2, 1] 1")]
    [InlineData("{{ {'a': [1, 'x\"']} | tojson }} {{ [] | tojson }}", "{\"a\": [1, \"x\\\"\"]} []")]
    [InlineData("{{ {'a': [1]} | tojson(indent=2) }}", "{\n  \"a\": [\n    1\n  ]\n}")]
    [InlineData("{{ x is defined }} {{ x is not defined }} {{ none is none }} {{ 3 is odd }} {{ 'a' is string and 1 is number }}", "False True True True True")]
    [InlineData("{{ ' a '.strip() }}{{ 'a,b'.split(',') | join('+') }}{{ 'abc'.startswith('ab') }}{{ 'x'.upper() }}", "aa+bTrueX")]
    [InlineData("{{ undefined_name | default('d') }}{{ '' | default('e', true) }}{{ [3, 1, 2] | sort | first }}{{ 'abc' | length }}", "de13")]
    [InlineData("{% set ns = namespace(n=0) %}{% for i in range(5) if i is odd %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "4")]
    [InlineData("{% set n = 0 %}{% for i in [1, 2] %}{% set n = i %}{% endfor %}{{ n }}", "0")]
    [InlineData("{% for a, b in {'x': 1, 'y': 2}.items() %}{{ loop.index }}{{ a }}{{ b }}{{ ',' if not loop.last }}{% else %}none{% endfor %}", "1x1,2y2")]
    [InlineData("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}", "013")]
    [InlineData("{% macro greet(name, mark='!') %}Hi {{ name }}{{ mark }}{% endmacro %}{{ greet('A') }}{{ greet('B', mark='?') }}", "Hi A!Hi B?")]
    [InlineData("{% set text %}a{{ 1 }}b{% endset %}{{ text }}", "a1b")]
    [InlineData("{{ [{'r': 'u', 'c': 1}, {'r': 's', 'c': 2}] | selectattr('r', 'equalto', 's') | map(attribute='c') | list }}", "[2]")]
    [InlineData("{% raw %}{{ x }}{% endraw %}{# gone #}", "{{ x }}")]
    [InlineData("  {% if true %}\nx\n  {% endif %}\ny", "x\ny")]
    [InlineData("a {%- if true -%} b {%- endif -%} c", "abc")]
    [InlineData("{{ 'a' 'b' }}{{ \"it's\" }}{{ 'line\\n' }}", "abit'sline\n")]
    [InlineData("{%- set a, b = [1, 2] -%}{{ b ~ a }}", "21")]
    [InlineData("{{ strftime_now('%d %b %Y') }}", "05 Jul 2026")]
    public void Render_OfTheLanguage_IsJinjas(string template, string expected) =>
        Assert.Equal(expected, ChatTemplate.Parse(template).Render([], now: new DateTimeOffset(2026, 7, 5, 0, 0, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("{{ 'x' | unknown_filter }}", "unknown_filter")]
    [InlineData("{{ 'x' is unknown_test }}", "unknown_test")]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{{ x.y.z }}", "undefined")]
    [InlineData("{{ f() }}", "not a function")]
    [InlineData("{% if x %}", "endif")]
    [InlineData("{% endif %}", "beginning")]
    [InlineData("{{ (1 }}", "expected")]
    [InlineData("{{ 'x", "does not end")]
    [InlineData("a\n\n{{ ? }}", "line 3")]
    [InlineData("{{ 1 // 0 }}", "zero")]
    [InlineData("{% for i in [1, 2] recursive %}{% endfor %}", "recursive")]
    [InlineData("{{ raise_exception('roles must alternate') }}", "roles must alternate")]
    public void Render_OfWhatIsNotUnderstood_IsAnErrorThatSaysSo(string template, string part)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => ChatTemplate.Parse(template).Render([]));
        Assert.Equal(InferenceError.UnsupportedTemplate, e.Error);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep")]
    [InlineData("{% set ns = namespace(t='x') %}{% for i in range(64) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}", "exceeds")]
    [InlineData("{% for i in range(100000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}", "characters")]
    public void Render_OfAHostileTemplate_Ends(string template, string part) =>
        Assert.Contains(part, Assert.Throws<InferenceException>(() => ChatTemplate.Parse(template).Render([])).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_OfDeepNesting_IsRefused()
    {
        foreach (string template in new[] { "{{ " + new string('(', 100_000), "{{ " + string.Join("+", Enumerable.Repeat("1", 100_000)) + " }}", string.Concat(Enumerable.Repeat("{% if x %}", 100_000)) })
            Assert.Equal(InferenceError.UnsupportedTemplate, Assert.Throws<InferenceException>(() => ChatTemplate.Parse(template)).Error);
    }

    [Fact]
    public void Named_OfAnUnknownName_ListsTheKnown() =>
        Assert.Contains("chatml", Assert.Throws<InferenceException>(() => ChatTemplate.Named("nope")).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_OfAnUnknownRole_IsRefused() =>
        Assert.Throws<InferenceException>(() => ChatTemplate.Named("chatml").Render([new ChatMessage("wizard", "x")]));
}
