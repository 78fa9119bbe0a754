namespace WasmChord.Inference;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Whose: <c>system</c>, <c>user</c>, <c>assistant</c>, or what else the template knows.</param>
/// <param name="Content">What was said.</param>
public sealed record ChatMessage(string Role, string Content);
