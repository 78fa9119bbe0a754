namespace WasmChord.Inference;

/// <summary>
/// Tells the well-known formats apart by what their templates write, in the order of llama.cpp's
/// llm_chat_detect_template: marks that come early are the more specific ones.
/// </summary>
internal static class ChatMarks
{
    /// <summary>Name and marks, all of which a template of that format holds; the first that fits counts.</summary>
    private static readonly (string Name, string[] Marks)[] s_marks =
    [
        ("phi4", ["<|im_start|>", "<|im_sep|>"]),
        ("smolvlm", ["<|im_start|>", "<end_of_utterance>"]),
        ("chatml", ["<|im_start|>"]),
        ("mistral-v7", ["[INST]", "[SYSTEM_PROMPT]"]),
        ("mistral-v1", ["' [INST] ' + system_message"]),
        ("mistral-v1", ["[AVAILABLE_TOOLS]", " [INST]"]),
        ("mistral-v3-tekken", ["[AVAILABLE_TOOLS]", "\"[INST]\""]),
        ("mistral-v3", ["[AVAILABLE_TOOLS]", "[INST]"]),
        ("llama2-sys-strip", ["[INST]", "content.strip()"]),
        ("llama2-sys-bos", ["[INST]", "bos_token + '[INST]"]),
        ("llama2-sys", ["[INST]", "<<SYS>>"]),
        ("llama2", ["[INST]"]),
        ("phi3", ["<|assistant|>", "<|end|>"]),
        ("chatglm4", ["[gMASK]<sop>"]),
        ("falcon3", ["<|assistant|>", "<|user|>", "</s>"]),
        ("glmedge", ["<|assistant|>", "<|user|>"]),
        ("glmedge", ["<|{{ item['role'] }}|>", "<|begin_of_image|>"]),
        ("zephyr", ["<|user|>", "<|endoftext|>"]),
        ("monarch", ["bos_token + message['role']"]),
        ("gemma", ["<start_of_turn>"]),
        ("orion", [@"'\n\nAssistant: ' + eos_token"]),
        ("openchat", ["GPT4 Correct "]),
        ("vicuna-orca", ["USER: ", "ASSISTANT: ", "SYSTEM: "]),
        ("vicuna", ["USER: ", "ASSISTANT: "]),
        ("deepseek", ["### Instruction:", "<|EOT|>"]),
        ("command-r", ["<|START_OF_TURN_TOKEN|>", "<|USER_TOKEN|>"]),
        ("llama3", ["<|start_header_id|>", "<|end_header_id|>"]),
        ("chatglm3", ["[gMASK]sop"]),
        ("minicpm", ["<用户>"]),
        ("deepseek2", ["'Assistant: ' + message['content'] + eos_token"]),
        ("deepseek3", ["<｜Assistant｜>", "<｜User｜>", "<｜end▁of▁sentence｜>"]),
        ("exaone4", ["[|system|]", "[|assistant|]", "[|endofturn|]", "[|tool|]"]),
        ("exaone3", ["[|system|]", "[|assistant|]", "[|endofturn|]"]),
        ("rwkv-world", ["rwkv-world"]),
        ("rwkv-world", [@"{{- 'User: ' + message['content']|trim + '\n\n' -}}"]),
        ("granite", ["<|start_of_role|>"]),
        ("gigachat", ["message['role'] + additional_special_tokens[0] + message['content'] + additional_special_tokens[1]"]),
        ("megrez", ["<|role_start|>"]),
        ("llama4", ["<|header_start|>", "<|header_end|>"]),
        ("alpaca", ["### Instruction:", "### Response:"]),
    ];

    internal static string? NameOf(string template)
    {
        foreach ((string name, string[] marks) in s_marks)
            if (Array.TrueForAll(marks, m => template.Contains(m, StringComparison.Ordinal))) return name;
        return null;
    }
}
