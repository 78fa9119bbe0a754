namespace WasmChord.Inference.Tests;

/// <summary>
/// The language. Every expected text is what Jinja2 3.1.6 gives in the environment in which model templates run:
/// sandboxed, trim_blocks, lstrip_blocks, loop controls, tojson without HTML escapes.
/// </summary>
public sealed class JinjaTemplateTests
{
    [Theory]
    [InlineData("{{ 1 + 2 * 3 ** 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4/2 }} {{ 2**-1 }} {{ -2**2 }} {{ 2**3**2 }}", "19 3 -4 2 3.5 2.0 0.5 4 64")]
    [InlineData("{{ 'a' ~ 1 ~ none ~ true ~ 1.5 ~ [1,'x',\"it's\",(1,),()] ~ {'k': 'v', 'n': none} }}", "a1NoneTrue1.5[1, 'x', \"it's\", (1,), ()]{'k': 'v', 'n': None}")]
    [InlineData("{{ [1,2,3][1:] }}{{ [1,2,3][::-1] }}{{ 'hello'[1:3] }}{{ 'hello'[-3:] }}{{ 'hello'[::-2] }}{{ 'hello'[:-1] }}{{ [1,2,3][5:] }}{{ (1,2,3)[:2] }}", "[2, 3][3, 2, 1]ellloolhhell[](1, 2)")]
    [InlineData("{{ 'a😀b'|length }}{{ 'a😀b'[1] }}{{ 'a😀b'[2:] }}{{ 'a😀b'.find('b') }}", "3😀b2")]
    [InlineData("{% for x in [1,2,3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('a','b') }};{% endfor %}", "10TrueFalse3322a;21FalseFalse32113b;32FalseTrue3102a;")]
    [InlineData("{% for x in [1,2,3,4] if x is even %}{{ x }}{{ loop.index }}{% else %}none{% endfor %}{% for x in [] %}{% else %}empty{% endfor %}", "2142empty")]
    [InlineData("{% for x in [1,2,3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% if x == 3 %}{% break %}{% endif %}{% endfor %}", "13")]
    [InlineData("{% set x = 1 %}{% for i in [1,2,3] %}{{ x }}{% set x = x + i %}{{ x }},{% endfor %}{{ x }}", "12,13,14,1")]
    [InlineData("{% set ns = namespace(a=1) %}{% for i in [1,2,3] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}", "7")]
    [InlineData("{% if true %}{% set y = 5 %}{% endif %}{{ y }}", "5")]
    [InlineData("{% macro f(a, b=2, c=a) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1,3) }}{{ f(a=4,c=5) }}{{ f() }}", "[121][131][425][2]")]
    [InlineData("{% set z %}a{{ 1 }}b{% endset %}{{ z|upper }}", "A1B")]
    [InlineData("{{ not true or false and true }}{{ 1 and 2 }}{{ 0 or 'x' }}{{ 1 < 2 < 3 }}{{ 1 < 2 > 3 }}{{ 'a' in 'abc' }}{{ 3 not in [1,2] }}{{ 'k' in {'k':1} }}{{ not 1 in [1] }}", "False2xTrueFalseTrueTrueTrueFalse")]
    [InlineData("{{ 'a' if false else 'b' }}{{ 'a' if false }}{{ 'a' if true else 'b' if false else 'c' }}", "ba")]
    [InlineData("{{ undefined_thing }}|{{ undefined_thing is defined }}|{{ undefined_thing|default('d') }}|{{ ''|default('e', true) }}|{{ none|default('x') }}|{{ undefined_thing|length }}", "|False|d|e|None|0")]
    [InlineData("{{ {'a':1}.a }}{{ {'a':1}['a'] }}{{ {'a':1}.b }}{{ {'a':1}.get('b') }}{{ {'a':1}.get('b', 3) }}{% for k, v in {'a':1,'b':2}.items() %}{{ k }}={{ v }};{% endfor %}{% for k in {'a':1} %}{{ k }}{% endfor %}", "11None3a=1;b=2;a")]
    [InlineData("{{ {'a':1,'b':[1,2,{'c':none}],'d':\"q\\\"\\n\\té/<>&'\"}|tojson }}{{ {'a':1,'b':[1,2,{}],'e':[]}|tojson(indent=2) }}{{ 'x'|tojson }}{{ 1.5|tojson }}{{ true|tojson }}", "{\"a\": 1, \"b\": [1, 2, {\"c\": null}], \"d\": \"q\\\"\\n\\té/<>&'\"}{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2,\n    {}\n  ],\n  \"e\": []\n}\"x\"1.5true")]
    [InlineData("{{ ' a b '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 'xxaxx'.strip('x') }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'abcba'.rstrip('ab') }}", "a b|a|a|a | a|abc")]
    [InlineData("{{ 'a,b,,c'.split(',') }}{{ ' a  b c '.split() }}{{ 'a b c'.split(' ', 1) }}{{ 'a,b,c'.rsplit(',',1) }}{{ 'a b  c'.split(none,1) }}{{ 'a\\nb\\r\\nc'.splitlines() }}{{ ''.split(',') }}{{ ''.split() }}", "['a', 'b', '', 'c']['a', 'b', 'c']['a', 'b c']['a,b', 'c']['a', 'b  c']['a', 'b', 'c'][''][]")]
    [InlineData("{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x','c')) }}{{ 'abc'.upper() }}{{ 'aBC dEF'.title() }}{{ 'aBC'.capitalize() }}{{ 'a-b'.replace('-', '+') }}{{ 'aaa'.replace('a','b',2) }}{{ 'aaa'.count('a') }}", "TrueTrueABCAbc DefAbca+bbba3")]
    [InlineData("{{ ['a','b']|join(', ') }}{{ [1,2]|join }}{{ [{'n':1},{'n':2}]|join('-', attribute='n') }}{{ ','.join(['x','y']) }}", "a, b121-2x,y")]
    [InlineData("{{ [{'r':'u','c':1},{'r':'a','c':2}]|selectattr('r','equalto','a')|list }}{{ [{'r':'u'},{}]|selectattr('r')|list|length }}{{ [1,2,3]|select('odd')|list }}{{ [1,0,2]|reject|list }}{{ [{'r':'u'},{'r':'v'}]|rejectattr('r','eq','u')|map(attribute='r')|list }}", "[{'r': 'a', 'c': 2}]1[1, 3][0]['v']")]
    [InlineData("{{ ['a','b']|map('upper')|join }}{{ [1,2]|map('string')|list }}{{ [3,1,2]|sort }}{{ ['b','A','c']|sort }}{{ [3,1,2]|sort(reverse=true) }}{{ ['a','A','b']|unique|list }}{{ [1,2,3]|reverse|list }}{{ 'abc'|reverse }}{{ {'b':1,'a':2}|dictsort }}{{ {'b':1}|items|list }}", "AB['1', '2'][1, 2, 3]['A', 'b', 'c'][3, 2, 1]['a', 'b'][3, 2, 1]cba[('a', 2), ('b', 1)][('b', 1)]")]
    [InlineData("{{ [1,2,3]|first }}{{ [1,2,3]|last }}{{ []|first }}{{ 'abc'|first }}{{ 'abc'|list }}{{ 'abc'|last }}", "13a['a', 'b', 'c']c")]
    [InlineData("{{ '42'|int }}{{ 'x'|int }}{{ '3.7'|int }}{{ 3.9|int }}{{ '1.5'|float }}{{ -3|abs }}{{ 'x'|int(7) }}{{ ' 5 '|int }}", "420331.5375")]
    [InlineData("{{ 'a\\nb\\n\\nc'|indent }}|{{ 'a\\nb'|indent(2, true) }}|{{ 'a\\n\\nb'|indent(1, blank=true) }}", "a\n    b\n\n    c|  a\n  b|a\n \n b")]
    [InlineData("{{ 1 is number }}{{ 'a' is string }}{{ {} is mapping }}{{ [] is sequence }}{{ 'a' is iterable }}{{ 1 is integer }}{{ 1.0 is float }}{{ true is boolean }}{{ true is integer }}{{ none is none }}{{ 3 is odd }}{{ 4 is divisibleby 2 }}{{ 1 is not none }}{{ 1 is in [1,2] }}{{ true is true }}{{ 1 is true }}{{ 2 is gt 1 }}{{ range is callable }}", "TrueTrueTrueTrueTrueTrueTrueTrueFalseTrueTrueTrueTrueTrueTrueFalseTrueTrue")]
    [InlineData("{{ range(3)|list }}{{ range(1,4)|list }}{{ range(5,0,-2)|list }}{{ range(0)|list }}", "[0, 1, 2][1, 2, 3][5, 3, 1][]")]
    [InlineData("{{ \"a\" \"b\" 'c' }}{{ 'it\\'s' }}{{ \"\\x41\\u00e9\\U0001F600\\t|\\d\" }}", "abcit'sAé😀\t|\\d")]
    [InlineData("{{ 1 == 1.0 }}{{ true == 1 }}{{ 'a' == 'a' }}{{ [1] == [1] }}{{ (1,) == [1] }}{{ none == false }}{{ {'a':1} == {'a':1.0} }}{{ 'a' < 'b' }}{{ undefined_a == undefined_b }}", "TrueTrueTrueTrueFalseFalseTrueTrueTrue")]
    [InlineData("{{ 1000000.0 * 10000000000.0 }} {{ 0.00001 * 1 }} {{ 123456789012345680.0 * 10 }} {{ 1234567890123456.0 }}", "1e+16 1e-05 1.2345678901234568e+18 1234567890123456.0")]
    [InlineData("y {%- if true -%}   z   {%- endif -%}   ", "yz")]
    [InlineData("a  {{- ' b ' -}}  c", "a b c")]
    [InlineData("{# comment #}", "")]
    [InlineData("x {#- c -#} y", "xy")]
    [InlineData("   {# c #}   ", "   ")]
    [InlineData("{% raw %}{{ not }} {% if %}{% endraw %}", "{{ not }} {% if %}")]
    [InlineData("{%- raw -%}  {{ x }}  {%- endraw -%}  y", "{{ x }}y")]
    [InlineData("{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a': [1,2]}.a[1] }}{{ {'a': [1,2]}.a.1 }}", "122")]
    [InlineData("{{ [[1,2],[3,4]]|map('first')|list }}{% for a, b in [[1,2],[3,4]] %}{{ a }}{{ b }}{% endfor %}{% for (a, b) in [(1,2)] %}{{ a+b }}{% endfor %}", "[1, 3]12343")]
    [InlineData("{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set t = 1, 2 %}{{ t }}", "12(1, 2)")]
    [InlineData("{{ '%' }}{{ '{{' }}{{ '}}' }}{{ {'a': {'b': 2}} }}", "%{{}}{'a': {'b': 2}}")]
    [InlineData("{{ strftime_now('%d %b %Y %B %H:%M:%S %Y-%m-%d %A %y %p%%') }}", "04 Jul 2025 July 09:05:03 2025-07-04 Friday 25 AM%")]
    [InlineData("{{ none.x }}|", "|")]
    [InlineData("{{ 'a'|upper|lower|title }}{{ 'x'|string + 'y' }}{{ ('a' ~ 'b')|upper }}{{ 'a' ~ 'b'|upper }}", "AxyABaB")]
    [InlineData("{{ not 'a' is string }}{{ 'a' is string and 1 }}{{ 1 if 'a' is not string else 2 }}", "False12")]
    [InlineData("{{ [1,2,3][-1] }}{{ [1,2,3][10] }}{{ 'abc'[-1] }}{{ 'abc'[10] }}", "3c")]
    [InlineData("{{ true and none }}{{ [] or {} }}{{ 1.0 == 1 and 2 }}", "None{}2")]
    [InlineData("{{ dict(a=1, b='x') }}{{ dict(a=1).a }}", "{'a': 1, 'b': 'x'}1")]
    [InlineData("{{ \"a'b\" ~ [\"a'b\", 'a\"b', \"a'\\\"b\", '\\\\', '\\u200b', 'é', '\\x00', '\\n'] }}", "a'b[\"a'b\", 'a\"b', 'a\\'\"b', '\\\\', '\\u200b', 'é', '\\x00', '\\n']")]
    [InlineData("{{ ('a','b')|join('/') }}{{ ('a',)|list }}{{ (1)|string }}", "a/b['a']1")]
    [InlineData("{{ 5 is eq 5 }}{{ 5 is eq(5) }}{{ 5 is lt 6 }}{{ 'a' is in 'abc' }}", "TrueTrueTrueTrue")]
    [InlineData("{% macro m(x) %}{{ x }}{% if x > 0 %}{{ m(x-1) }}{% endif %}{% endmacro %}{{ m(3) }}", "3210")]
    [InlineData("{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}", "121122")]
    [InlineData("{% for i in [1,2] %}{% set q = i %}{% endfor %}{{ q is defined }}", "False")]
    [InlineData("{{ 'abc'|replace('b','x')|trim|length + 1 }}{{ {'items': 1}['items'] }}", "41")]
    [InlineData("{{ 'a b'|capitalize }}{{ 'hello world'|title }}{{ \"they're bill's\"|title }}{{ \"they're\"|capitalize }}{{ \"o'neil\".title() }}", "A bHello WorldThey're Bill'sThey'reO'Neil")]
    [InlineData("{{ ' \\u00a0a\\u2003'|trim }}|{{ 'a\\x1f'|trim }}", "a|a")]
    [InlineData("{{ loop }}", "")]
    [InlineData("{{ [1, [2, [3]]]|tojson }}{{ (1,2)|tojson }}", "[1, [2, [3]]][1, 2]")]
    [InlineData("{{ 'x'.isdigit() }}{{ '12'.isdigit() }}{{ 'ab'.removeprefix('a') }}{{ 'ab'.removesuffix('b') }}{{ 'abab'.rfind('b') }}", "FalseTrueba3")]
    [InlineData("{{ 3 * 'ab' }}{{ 2.5 // 1 }}{{ 5.5 % 2 }}{{ -5.5 % 2 }}{{ 7 % -3 }}", "ababab2.01.50.5-2")]
    [InlineData("{{ [] is defined }}{{ false is defined }}{{ none is undefined }}", "TrueTrueFalse")]
    [InlineData("{{ none|map('upper')|list }}{{ none|selectattr('a')|list }}", "[][]")]
    [InlineData("{{ 'a,b'.split(',')|first }}{{ ('a</think>b'.split('</think>')|last).lstrip('\\n') }}", "ab")]
    [InlineData("{{ namespace(a=1).a }}{{ namespace() is defined }}", "1True")]
    [InlineData("{{ \"a\" if x is defined and x else \"b\" }}", "b")]
    [InlineData("{{ x is defined and x is not none }}{{ x is not defined or x is none }}", "FalseTrue")]
    [InlineData("{% if x is not defined %}1{% elif y %}2{% else %}3{% endif %}", "1")]
    [InlineData("{% set content = 'x' | trim + '\\n' %}{{ content }}|", "x\n|")]
    [InlineData("{{ ('<' + 'a') | trim + '>' }}", "<a>")]
    [InlineData("{{ 'x'.join('abc') }}", "axbxc")]
    [InlineData("{%- set a = 1 -%}", "")]
    [InlineData(" {{ a }}", " ")]
    [InlineData("{{ {'a': none}.a is none }}{{ {'a': none}.a }}", "TrueNone")]
    [InlineData("{{ ' a b  c '.rsplit(none, 1) }}{{ ' a b  c '.split(none, 1) }}{{ 'a b  c '.rsplit() }}{{ 'a,b,c'.rsplit(',') }}{{ 'aXXbXXc'.rsplit('XX', 1) }}{{ 'abc'.split('b', 0) }}", "[' a b', 'c']['a', 'b  c ']['a', 'b', 'c']['a', 'b', 'c']['aXXb', 'c']['abc']")]
    [InlineData("{{ 10000000000000000.0 }} {{ -15000000000000000.0 }} {{ 12345678901234568.0 }} {{ 1000000000000000.0 }}", "1e+16 -1.5e+16 1.2345678901234568e+16 1000000000000000.0")]
    public void Render_OfExpressionsAndStatements_IsJinja2s(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("  {% if true %}  \n x\n  {% endif %}  \ny", "  \n x\n  \ny")]
    [InlineData("a\n  {%- if true -%}  \n z \n {%- endif -%}   \n w", "azw")]
    [InlineData("  {%+ if true %}\nx{% endif +%}\ny", "  x\ny")]
    [InlineData("a\n{# c #}\nb\n", "a\nb")]
    [InlineData("a {#- c -#} b\n\n", "ab\n")]
    [InlineData("   {# c #}   \nz", "   \nz")]
    [InlineData("\n{% if 1 %}\n\n a{% endif %}\n\n", "\n\n a")]
    [InlineData("{% raw %}\n {{ x }}\n{% endraw %}\nz", "\n {{ x }}\nz")]
    [InlineData("  {% raw -%}\n {{ x }}\n  {%- endraw %}\nz", "{{ x }}z")]
    [InlineData("{{ 1 }}\n{{ 2 }}\n", "1\n2")]
    [InlineData("x\r\n{% if 1 %}\r\ny{% endif %}\r\nz\r", "x\nyz")]
    [InlineData("{% for i in [1,2] %}\n  {{ i }}\n{% endfor %}\n", "  1\n  2\n")]
    [InlineData("{% for i in [1,2] -%}\n  {{ i }}\n{%- endfor %}\n", "12")]
    [InlineData("{% set x = 'a' %}{# #}\n{% if x %}\n  {% if x %}\n b\n  {% endif %}\n{% endif %}", " b\n")]
    [InlineData("{{ 'a' }} {% if 1 %} b {% endif %} c", "a  b  c")]
    [InlineData(" {{ 1 }}{% if 1 %}\n{% endif %}", " 1")]
    [InlineData("{%- if 1 %}\n {%- if 1 %}x{% endif %}\n{% endif -%}\n y", "xy")]
    [InlineData("\t{% set a = 1 %}\t\n\t{{ a }}\t{% set b = 2 %}\n", "\t\n\t1\t")]
    [InlineData("{% if 1 %} {% endif %}|", " |")]
    [InlineData("\n\n{%- if 1 %}a{% endif %}", "a")]
    [InlineData("{{ '\\n' }}{% if 1 %}  {% endif %}x", "\n  x")]
    public void Render_OfBlanksAroundTags_IsJinja2s(string template, string expected) => Assert.Equal(expected, Render(template));

    // Jinja2 fails here too, or does what is not supported.
    [Theory]
    [InlineData("{{ 1e3 }}", "number '1e'")]
    [InlineData("{{ 0x10 }}", "number '0x'")]
    [InlineData("{{ 10**20 }}", "more than 64 bits")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "more than 64 bits")]
    [InlineData("{{ 9223372036854775808 }}", "more than 64 bits")]
    [InlineData("{{ strftime_now('%j') }}", "does not know format '%j'")]
    [InlineData("{{ messages[0] }}", "'messages', which is undefined")]
    [InlineData("{{ x.y }}", "'x', which is undefined, has no 'y'")]
    [InlineData("{{ x() }}", "'x', which is undefined, cannot be called")]
    [InlineData("{{ 'abc'|nothing }}", "filter 'nothing'")]
    [InlineData("{{ ['a']|map('nothing')|list }}", "filter 'nothing'")]
    [InlineData("{{ 'abc' is nothing }}", "test 'nothing'")]
    [InlineData("{{ 'abc'.encode() }}", "cannot be called")]
    [InlineData("{{ [].append(1) }}", "method 'append'")]
    [InlineData("{{ {'a': 1}.update(b=2) }}", "method 'update'")]
    [InlineData("{{ 1 + 'a' }}", "an integer + a string")]
    [InlineData("{{ [1] * 2 }}", "a list * an integer")]
    [InlineData("{{ '%s' % 'a' }}", "a string % a string")]
    [InlineData("{{ 1 < 'a' }}", "an integer has no order beside a string")]
    [InlineData("{{ -'a' }}", "a string is no number")]
    [InlineData("{{ 1 / 0 }}", "division by zero")]
    [InlineData("{{ {1: 2} }}", "a key that is no string")]
    [InlineData("{{ none|list }}", "none has no elements")]
    [InlineData("{{ namespace(a=1) }}", "a namespace cannot be printed")]
    [InlineData("{{ loop.index }}", "'loop', which is undefined")]
    [InlineData("{% for x in [1] %}{{ loop.changed(x) }}{% endfor %}", "loop.changed")]
    [InlineData("{% for a, b in [[1]] %}{% endfor %}", "1 values for 2 names")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "takes 1 arguments, not 2")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(b=1) }}", "no parameter 'b'")]
    [InlineData("{% macro f() %}{{ caller() }}{% endmacro %}", "name 'caller'")]
    [InlineData("{{ ' a'|trim(chars='x', more=1) }}", "no parameter")]
    [InlineData("{% set x.y = 1 %}", "'x' is no namespace")]
    [InlineData("{% break %}", "statement 'break'")]
    [InlineData("{% for x in [1] %}{% macro f() %}{% break %}{% endmacro %}{% endfor %}", "statement 'break'")]
    [InlineData("{% include 'x' %}", "statement 'include'")]
    [InlineData("{% for x in [1] recursive %}{% endfor %}", "'recursive' was not expected")]
    [InlineData("{% if 1 %}", "'endif' is missing")]
    [InlineData("{% for x in [1] %}", "'endfor' is missing")]
    [InlineData("{% endfor %}", "statement 'endfor'")]
    [InlineData("{% if 1 %}{% endfor %}", "statement 'endfor'")]
    [InlineData("{{ 1", "does not end with }}")]
    [InlineData("{{ 1 %}", "does not end with }}")]
    [InlineData("{{ }}", "'}}' was not expected")]
    [InlineData("{% for %}", "'%}' was not expected")]
    [InlineData("{{ [1,2 }}", "does not end")]
    [InlineData("{{ 'a }}", "a string does not end")]
    [InlineData("{# a", "a comment does not end")]
    [InlineData("{% raw %}", "a raw block does not end")]
    [InlineData("{{ '\\N{BULLET}' }}", "escape '\\N'")]
    [InlineData("{{ '\\ud800' }}", "escape '\\u'")]
    [InlineData("{{ ? }}", "character '?'")]
    [InlineData("a\n\n{{ x.y }}", "line 3")]
    [InlineData("{{ 'abc'.split('') }}", "needs a separator")]
    [InlineData("{{ range(1, 5, 0)|list }}", "step of 0")]
    [InlineData("{{ [1][::0] }}", "step of 0")]
    public void Render_OfWhatIsNotUnderstood_IsAnErrorThatSaysSo(string template, string part)
    {
        InferenceException e = Assert.Throws<InferenceException>(() => Render(template));
        Assert.Equal(InferenceError.UnsupportedTemplate, e.Error);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{{ range(2000000000)|list|length }}", "steps")]
    [InlineData("{{ 'x' * 2000000000 }}", "steps")]
    [InlineData("{{ '%' * 9000000000000000000 }}", "steps")]
    [InlineData("{{ 2 ** 9000000000000000000 }}", "64 bits")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep")]
    [InlineData("{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{% macro g(n) %}{% if n > 0 %}{{ g(n - 1) }}{{ g(n - 1) }}{% endif %}{% endmacro %}{{ g(30) }}", "steps")]
    [InlineData("{% set ns = namespace(t='x') %}{% for i in range(64) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}", "steps")]
    [InlineData("{% set ns = namespace(t=[1]) %}{% for i in range(64) %}{% set ns.t = ns.t + ns.t %}{% endfor %}", "steps")]
    [InlineData("{% set ns = namespace(t=[1]) %}{% for i in range(64) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }}", "steps")]
    [InlineData("{% set ns = namespace(t=[1], u=[1]) %}{% for i in range(64) %}{% set ns.t = [ns.t, ns.t] %}{% set ns.u = [ns.u, ns.u] %}{% endfor %}{{ ns.t == ns.u }}", "steps")]
    [InlineData("{% set ns = namespace(t=[1]) %}{% for i in range(10000) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t }}", "deep")]
    [InlineData("{% set ns = namespace(t=[1]) %}{% for i in range(10000) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t|tojson }}", "deep")]
    [InlineData("{% set ns = namespace(t=[1], u=[1]) %}{% for i in range(10000) %}{% set ns.t = [ns.t] %}{% set ns.u = [ns.u] %}{% endfor %}{{ ns.t == ns.u }}", "deep")]
    [InlineData("{% for i in range(20000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}", "characters of output")]
    [InlineData("{{ 'a'|indent(1000000000) }}{{ [[]]|tojson(indent=1000000000) }}", "steps")]
    [InlineData("{% set t = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 1000 %}{% for i in range(100000) %}{% if 'b' in t %}{% endif %}{% endfor %}", "steps")]
    [InlineData("{{ ('a' * 100000).replace('a', 'b' * 100000) }}", "steps")]
    [InlineData("{{ ('a' * 100000).join('b' * 100000) }}", "steps")]
    [InlineData("{% set t = ('a ' * 100000).split() %}{% for i in range(1000) %}{{ t|join|length }}{% endfor %}", "steps")]
    public void Render_OfAHostileTemplate_Ends(string template, string part) =>
        Assert.Contains(part, Assert.Throws<InferenceException>(() => Render(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_OfDeepNesting_IsRefused()
    {
        string[] templates =
        [
            "{{ " + new string('(', 100_000), "{{ " + new string('[', 100_000), "{{ " + new string('-', 100_000) + "1 }}", "{{ " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "1 }}",
            "{{ " + string.Join("+", Enumerable.Repeat("1", 100_000)) + " }}", "{{ 'a'" + string.Concat(Enumerable.Repeat("|trim", 100_000)) + " }}",
            "{{ a" + string.Concat(Enumerable.Repeat("[0]", 100_000)) + " }}", "{{ a" + string.Concat(Enumerable.Repeat(" if 1 else a", 50_000)) + " }}",
            string.Concat(Enumerable.Repeat("{% if x %}", 100_000)), string.Concat(Enumerable.Repeat("{% for x in y %}", 50_000)), new string('x', (1 << 20) + 1),
        ];
        foreach (string template in templates) Assert.Equal(InferenceError.UnsupportedTemplate, Assert.Throws<InferenceException>(() => Render(template)).Error);
    }

    [Fact]
    public void Render_OfRandomPieces_NeverFailsOtherwise()
    {
        string[] pieces = ["{{", "}}", "{%", "%}", "{#", "#}", " if ", " for ", " in ", " endif ", " endfor ", " set ", " x ", " = ", "[", "]", "(", ")", "'", "\"", "|", "trim", "-", "+", ".", ",", "1", ":", "{", "}", "is ", "not ", "\n", " else ", "\\", "macro ", "~"];
        Random random = new(5);
        for (int round = 0; round < 20_000; round++)
        {
            string template = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Render(template);
            }
            catch (InferenceException e)
            {
                Assert.Equal(InferenceError.UnsupportedTemplate, e.Error);
            }
        }
    }

    [Fact]
    public void Render_OfRaiseException_RefusesTheMessages()
    {
        InferenceException e = Assert.Throws<InferenceException>(() => Render("{{ raise_exception('roles must alternate') }}"));
        Assert.Equal(InferenceError.RefusedByTemplate, e.Error);
        Assert.Contains("roles must alternate", e.Message, StringComparison.Ordinal);
    }

    private static string Render(string template) => new JinjaTemplate(template).Render(new Dictionary<string, object?>(), 1000, new StoppedClock());
}
