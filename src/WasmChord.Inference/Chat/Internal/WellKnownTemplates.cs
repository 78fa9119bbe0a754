namespace WasmChord.Inference;

/// <summary>
/// The formats that families of models were trained on, as their makers document them, written down as templates of our
/// own. Line ends of the sources below are not part of a format.
/// </summary>
internal static class WellKnownTemplates
{
    private const string RequireAlternation = "{%- for m in messages -%}{%- if m.role not in ['system', 'user', 'assistant'] -%}{{- raise_exception('the role ' ~ m.role ~ ' is not known') -}}{%- endif -%}{%- endfor -%}";

    internal static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["chatml"] = RequireAlternation
            + "{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' -}}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}",

        // The system's words belong to the first turn of the user.
        ["llama2"] = RequireAlternation
            + "{%- set ns = namespace(system='') -%}{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{%- set ns.system = '<<SYS>>\n' + m.content + '\n<</SYS>>\n\n' -%}"
            + "{%- elif m.role == 'user' -%}{{- bos_token + '[INST] ' + ns.system + m.content + ' [/INST]' -}}{%- set ns.system = '' -%}"
            + "{%- else -%}{{- ' ' + m.content + ' ' + eos_token -}}{%- endif -%}{%- endfor -%}",

        ["llama3"] = RequireAlternation
            + "{{- bos_token -}}{%- for m in messages -%}{{- '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' + m.content|trim + '<|eot_id|>' -}}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' -}}{%- endif -%}",

        ["mistral"] = RequireAlternation
            + "{{- bos_token -}}{%- set ns = namespace(system='') -%}{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{%- set ns.system = m.content + '\n\n' -%}"
            + "{%- elif m.role == 'user' -%}{{- '[INST] ' + ns.system + m.content + ' [/INST]' -}}{%- set ns.system = '' -%}"
            + "{%- else -%}{{- ' ' + m.content + eos_token -}}{%- endif -%}{%- endfor -%}",

        ["phi3"] = RequireAlternation
            + "{%- for m in messages -%}{{- '<|' + m.role + '|>\n' + m.content + '<|end|>\n' -}}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}",

        ["gemma"] = RequireAlternation
            + "{{- bos_token -}}{%- set ns = namespace(system='') -%}{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{%- set ns.system = m.content|trim + '\n\n' -%}"
            + "{%- elif m.role == 'user' -%}{{- '<start_of_turn>user\n' + ns.system + m.content|trim + '<end_of_turn>\n' -}}{%- set ns.system = '' -%}"
            + "{%- else -%}{{- '<start_of_turn>model\n' + m.content|trim + '<end_of_turn>\n' -}}{%- endif -%}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<start_of_turn>model\n' -}}{%- endif -%}",

        ["zephyr"] = RequireAlternation
            + "{%- for m in messages -%}{{- '<|' + m.role + '|>\n' + m.content + eos_token + '\n' -}}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}",

        ["alpaca"] = RequireAlternation
            + "{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{{- m.content + '\n\n' -}}"
            + "{%- elif m.role == 'user' -%}{{- '### Instruction:\n' + m.content + '\n\n' -}}"
            + "{%- else -%}{{- '### Response:\n' + m.content + '\n\n' -}}{%- endif -%}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '### Response:\n' -}}{%- endif -%}",

        ["vicuna"] = RequireAlternation
            + "{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{{- m.content + '\n\n' -}}"
            + "{%- elif m.role == 'user' -%}{{- 'USER: ' + m.content + '\n' -}}"
            + "{%- else -%}{{- 'ASSISTANT: ' + m.content + eos_token + '\n' -}}{%- endif -%}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- 'ASSISTANT:' -}}{%- endif -%}",

        ["deepseek"] = RequireAlternation
            + "{{- bos_token -}}{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{{- m.content + '\n\n' -}}"
            + "{%- elif m.role == 'user' -%}{{- 'User: ' + m.content + '\n\n' -}}"
            + "{%- else -%}{{- 'Assistant: ' + m.content + eos_token -}}{%- endif -%}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}",

        ["deepseek3"] = RequireAlternation
            + "{{- bos_token -}}{%- for m in messages -%}"
            + "{%- if m.role == 'system' -%}{{- m.content + '\n\n' -}}"
            + "{%- elif m.role == 'user' -%}{{- '<｜User｜>' + m.content -}}"
            + "{%- else -%}{{- '<｜Assistant｜>' + m.content + '<｜end▁of▁sentence｜>' -}}{%- endif -%}{%- endfor -%}"
            + "{%- if add_generation_prompt -%}{{- '<｜Assistant｜>' -}}{%- endif -%}",
    };
}
