"""Checks shared by the forms that ask for an identity and its proof."""

from django import forms

from candidates.civil_status import proofs


class ProvenPersonForm(forms.Form):
    """Form with a field `proof`; sets `proof_type`."""

    proof_type = None

    def clean_proof(self):
        proof = self.cleaned_data["proof"]
        try:
            self.proof_type = proofs.kind_of(proof)
        except proofs.BadProof as refused:
            raise forms.ValidationError(str(refused)) from refused
        return proof
