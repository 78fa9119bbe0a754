using System.Collections.Frozen;

namespace WasmChord.Inference;

/// <summary>
/// The well-known formats. Names and results are those of llama.cpp's llama_chat_apply_template: without the token that
/// begins a sequence, which the tokenizer adds. Alpaca's is from the model's own repository (tatsu-lab/stanford_alpaca).
/// </summary>
internal static class ChatFormats
{
    private const string Content = "{{ m.content }}";

    // What C's isspace knows, in place of all blanks of Unicode.
    private const string Trimmed = @"{{ m.content|trim(' \t\n\v\f\r') }}";

    private const string EndOfSentence = "<｜end▁of▁sentence｜>";

    private static readonly FrozenDictionary<string, ChatFormat> s_formats = new ChatFormat[]
    {
        new("chatml", Turns("<|im_start|>{{ m.role }}\n" + Content + "<|im_end|>\n", "<|im_start|>assistant\n"), "<|im_end|>"),
        new("phi4", Turns("<|im_start|>{{ m.role }}<|im_sep|>" + Content + "<|im_end|>", "<|im_start|>assistant<|im_sep|>"), "<|im_end|>"),
        new("smolvlm", "<|im_start|>" + Turns(ByRole(Content + "\n\n", "User: " + Content + "<end_of_utterance>\n", "Assistant: " + Content + "<end_of_utterance>\n"), "Assistant:"), "<end_of_utterance>"),
        new("llama2", Llama2(Content + "\n", "[INST] ", Content)),
        new("llama2-sys", Llama2("<<SYS>>\n" + Content + "\n<</SYS>>\n\n", "[INST] ", Content)),
        new("llama2-sys-bos", Llama2("<<SYS>>\n" + Content + "\n<</SYS>>\n\n", "<s>[INST] ", Content)),
        new("llama2-sys-strip", Llama2("<<SYS>>\n" + Trimmed + "\n<</SYS>>\n\n", "[INST] ", Trimmed)),
        new("llama3", Turns("<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n" + Trimmed + "<|eot_id|>", "<|start_header_id|>assistant<|end_header_id|>\n\n"), "<|eot_id|>"),
        new("llama4", Turns("<|header_start|>{{ m.role }}<|header_end|>\n\n" + Trimmed + "<|eot|>", "<|header_start|>assistant<|header_end|>\n\n"), "<|eot|>"),
        new("mistral-v1", Mistral(" [INST] ", " [/INST]", " " + Content)),
        new("mistral-v3", Mistral("[INST] ", "[/INST]", " " + Trimmed)),
        new("mistral-v3-tekken", Mistral("[INST]", "[/INST]", Content)),
        new("mistral-v7", Turns(ByRole("[SYSTEM_PROMPT] " + Content + "[/SYSTEM_PROMPT]", "[INST] " + Content + "[/INST]", " " + Content + "</s>"), string.Empty)),
        new("mistral-v7-tekken", Turns(ByRole("[SYSTEM_PROMPT]" + Content + "[/SYSTEM_PROMPT]", "[INST]" + Content + "[/INST]", Content + "</s>"), string.Empty)),
        new("phi3", Turns("<|{{ m.role }}|>\n" + Content + "<|end|>\n", "<|assistant|>\n"), "<|end|>"),
        new("falcon3", Turns("<|{{ m.role }}|>\n" + Content + "\n", "<|assistant|>\n")),
        new("zephyr", Turns("<|{{ m.role }}|>\n" + Content + "<|endoftext|>\n", "<|assistant|>\n"), "<|endoftext|>"),
        new("monarch", Turns("{% if not loop.first %}<s>{% endif %}{{ m.role }}\n" + Content + "</s>\n", "<s>assistant\n")),
        new("gemma", Gemma(), "<end_of_turn>"),
        new("orion", WithSystemInUser("Human: ", "\n\nAssistant: </s>", Content + "</s>")),
        new("openchat", Turns("{% if m.role == 'system' %}" + Content + "{% else %}GPT4 Correct {{ m.role[0]|upper }}{{ m.role[1:] }}: " + Content + "{% endif %}<|end_of_turn|>", "GPT4 Correct Assistant:"), "<|end_of_turn|>"),
        new("vicuna", Turns(ByNamedRole(Content + "\n\n", "USER: " + Content + "\n", "ASSISTANT: " + Content + "</s>\n"), "ASSISTANT:")),
        new("vicuna-orca", Turns(ByNamedRole("SYSTEM: " + Content + "\n", "USER: " + Content + "\n", "ASSISTANT: " + Content + "</s>\n"), "ASSISTANT:")),
        new("deepseek", Turns(ByNamedRole(Content, "### Instruction:\n" + Content + "\n", "### Response:\n" + Content + "\n<|EOT|>\n"), "### Response:\n"), "<|EOT|>"),
        new("deepseek2", Turns(ByNamedRole(Content + "\n\n", "User: " + Content + "\n\n", "Assistant: " + Content + EndOfSentence), "Assistant:"), EndOfSentence),
        new("deepseek3", Turns(ByNamedRole(Content + "\n\n", "<｜User｜>" + Content, "<｜Assistant｜>" + Content + EndOfSentence), "<｜Assistant｜>"), EndOfSentence),
        new("command-r", Turns(ByNamedRole(CommandR("SYSTEM"), CommandR("USER"), CommandR("CHATBOT")), "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"), "<|END_OF_TURN_TOKEN|>"),
        new("chatglm3", "[gMASK]sop" + Turns("<|{{ m.role }}|>\n " + Content, "<|assistant|>"), "<|user|>"),
        new("chatglm4", "[gMASK]<sop>" + Turns("<|{{ m.role }}|>\n" + Content, "<|assistant|>"), "<|user|>"),
        new("glmedge", Turns("<|{{ m.role }}|>\n" + Content, "<|assistant|>"), "<|user|>"),
        new("minicpm", Turns("{% if m.role == 'user' %}<用户>" + Trimmed + "<AI>{% else %}" + Trimmed + "{% endif %}", string.Empty)),
        new("exaone3", Turns(ByNamedRole("[|system|]" + Trimmed + "[|endofturn|]\n", "[|user|]" + Trimmed + "\n", "[|assistant|]" + Trimmed + "[|endofturn|]\n"), "[|assistant|]"), "[|endofturn|]"),
        new("exaone4", Turns(ByNamedRole("[|system|]" + Trimmed + "[|endofturn|]\n", "[|user|]" + Trimmed + "\n", "[|assistant|]" + Trimmed + "[|endofturn|]\n", "[|tool|]" + Trimmed + "[|endofturn|]\n"), "[|assistant|]"), "[|endofturn|]"),
        new("rwkv-world", Turns(ByNamedRole("System: " + Trimmed + "\n\n", "User: " + Trimmed + "\n\n{% if loop.last %}Assistant:{% endif %}", "Assistant: " + Trimmed + "\n\n"), string.Empty), "\n\n"),
        new("granite", Turns("<|start_of_role|>{{ m.role }}<|end_of_role|>{% if m.role == 'assistant_tool_call' %}<|tool_call|>{% endif %}" + Content + "<|end_of_text|>\n", "<|start_of_role|>assistant<|end_of_role|>\n"), "<|end_of_text|>"),
        new("gigachat", "<s>" + Turns("{% if m.role == 'system' and loop.first %}" + Content + "<|message_sep|>{% elif m.role == 'user' %}user<|role_sep|>" + Content + "<|message_sep|>available functions<|role_sep|>[]<|message_sep|>{% elif m.role == 'assistant' %}assistant<|role_sep|>" + Content + "<|message_sep|>{% endif %}", "assistant<|role_sep|>"), "<|message_sep|>"),
        new("megrez", Turns("<|role_start|>{{ m.role }}<|role_end|>" + Content + "<|turn_end|>", "<|role_start|>assistant<|role_end|>"), "<|turn_end|>"),
        new("alpaca", Alpaca()),
    }.ToFrozenDictionary(f => f.Name);

    internal static IEnumerable<string> Names => s_formats.Keys.Order(StringComparer.Ordinal);

    internal static ChatFormat? Find(string name) => s_formats.GetValueOrDefault(name);

    /// <summary>The format of a template by the marks that it writes; null where none is known.</summary>
    internal static ChatFormat? Recognize(string template)
    {
        string? name = ChatMarks.NameOf(template);
        return name is null ? null : s_formats[name];
    }

    private static string Turns(string turn, string prompt) =>
        "{% for m in messages %}" + turn + "{% endfor %}" + (prompt.Length == 0 ? string.Empty : "{% if add_generation_prompt %}" + prompt + "{% endif %}");

    /// <summary>Whoever is neither system nor user writes as the assistant.</summary>
    private static string ByRole(string system, string user, string others) =>
        "{% if m.role == 'system' %}" + system + "{% elif m.role == 'user' %}" + user + "{% else %}" + others + "{% endif %}";

    /// <summary>Messages of other roles are left out.</summary>
    private static string ByNamedRole(string system, string user, string assistant, string? tool = null) =>
        "{% if m.role == 'system' %}" + system + "{% elif m.role == 'user' %}" + user + "{% elif m.role == 'assistant' %}" + assistant
        + (tool is null ? string.Empty : "{% elif m.role == 'tool' %}" + tool) + "{% endif %}";

    private static string CommandR(string role) => "<|START_OF_TURN_TOKEN|><|" + role + "_TOKEN|>" + Trimmed + "<|END_OF_TURN_TOKEN|>";

    /// <summary>A turn is a user's message and its answer; what the system says stands inside the first.</summary>
    private static string InTurns(string first, string next, string system, string user, string assistant) =>
        first + "{% set ns = namespace(inside=" + (first.Length > 0 ? "true" : "false") + ") %}{% for m in messages %}"
        + "{% if not ns.inside %}" + next + "{% set ns.inside = true %}{% endif %}"
        + "{% if m.role == 'system' %}" + system + "{% elif m.role == 'user' %}" + user + "{% else %}" + assistant + "</s>{% set ns.inside = false %}{% endif %}{% endfor %}";

    private static string Llama2(string system, string next, string content) => InTurns("[INST] ", next, system, content + " [/INST]", content);

    private static string Mistral(string open, string close, string answer) => InTurns(string.Empty, open, Content + "\n\n", Content + close, answer);

    /// <summary>The system's message goes in front of the next user's.</summary>
    private static string WithSystemInUser(string open, string close, string assistant) =>
        "{% set ns = namespace(system='') %}{% for m in messages %}{% if m.role == 'system' %}{% set ns.system = m.content %}{% elif m.role == 'user' %}" + open
        + "{% if ns.system %}{{ ns.system }}{{ '\\n\\n' }}{% set ns.system = '' %}{% endif %}" + Content + close + "{% else %}" + assistant + "{% endif %}{% endfor %}";

    private static string Gemma() =>
        @"{% set ns = namespace(system='') %}{% for m in messages %}{% if m.role == 'system' %}{% set ns.system = m.content|trim(' \t\n\v\f\r') %}{% else %}"
        + "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{% if ns.system and m.role not in ['assistant', 'model'] %}{{ ns.system }}{{ '\\n\\n' }}{% set ns.system = '' %}{% endif %}"
        + Trimmed + "<end_of_turn>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}";

    private static string Alpaca() =>
        "{% if messages[0].role != 'system' %}Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n{% endif %}"
        + Turns(ByNamedRole(Content + "\n\n", "### Instruction:\n" + Content + "\n\n", "### Response:\n" + Content + "\n\n"), "### Response:\n");
}
