namespace WasmChord.Memory64;

/// <summary>What an earlier run has measured, and the state of the file that it speaks of.</summary>
/// <param name="Identity">The file as it was then; a measure of any other is not used.</param>
/// <param name="Measure">What was measured.</param>
public sealed record RememberedStorage(StorageIdentity Identity, StorageMeasure Measure);
